// Reads a stream with the official client of NATS, and judges its messages with the SDK of CloudEvents, with the JSON
// Schema of CloudEvents, and with docs/events.schema.json.
// Usage: node nats.mjs URL STREAM KIND COUNT

import assert from 'node:assert/strict';
import { HTTP } from 'cloudevents';
import { AckPolicy, connect } from 'nats';
import { judge } from './event_schemas.mjs';

const [servers, stream, kind, count] = process.argv.slice(2);
/** How long an answer may take on a machine that is busy with other tests, in milliseconds. */
const timeout = 60_000;
const connection = await connect({ servers, timeout });
const manager = await connection.jetstreamManager({ timeout });
const { config } = await manager.streams.info(stream);
assert.deepEqual(config.subjects, [`${stream}.>`]);
assert.ok(config.duplicate_window >= 600e9, 'a repetition within ten minutes is dropped');

const filter_subject = `${stream}.*.${kind}`;
await manager.consumers.add(stream, { durable_name: 'erp', ack_policy: AckPolicy.Explicit, filter_subject });
const client = connection.jetstream({ timeout });
const consumer = await client.consumers.get(stream, 'erp');
const ids = new Set();
for await (const message of await consumer.fetch({ max_messages: Number(count), expires: timeout })) {
  const headers = { 'content-type': message.headers.get('Content-Type') };
  const event = HTTP.toEvent({ headers, body: message.string() });
  assert.equal(event.validate(), true);
  judge(JSON.parse(message.string()));
  assert.equal(event.id, message.headers.get('Nats-Msg-Id'));
  assert.equal(event.type, `com.countermand.${kind}.v1`);
  assert.equal(message.subject, `${stream}.${event.data.store_number}.${kind}`);
  ids.add(event.id);
  // The same id once more, by another client: the stream has it.
  const again = await client.publish(message.subject, message.data, { msgID: event.id });
  assert.equal(again.duplicate, true);
  message.ack();
}
assert.equal(ids.size, Number(count));
await connection.drain();
