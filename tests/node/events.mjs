// Judges messages about events, at least one of each kind: the signature with the official library of Standard Webhooks, the
// envelope with the JSON Schema of CloudEvents 1.0, and the whole event with docs/events.schema.json. Then it judges the
// examples of docs/events.md in the same way.
//
//     node events.mjs '{"secret": ..., "messages": [{"headers": {...}, "body": ...}]}'

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { judge, problems, published } from './event_schemas.mjs';

const typeOf = (kind) => `com.countermand.${kind}.v1`;
const kinds = Object.keys(published.definitions).filter((name) => name.startsWith('order.'));
assert.deepEqual(
  published.allOf.map((it) => [it.if.properties.type.const, it.then.properties.data.$ref]),
  kinds.map((kind) => [typeOf(kind), `#/definitions/${kind}`]),
);

const { secret, messages } = JSON.parse(process.argv[2]);
const seen = new Set();
for (const { headers, body } of messages) {
  // The clock of the shop stands still in the test, and so does that of its receiver.
  Date.now = () => Number(headers['webhook-timestamp']) * 1000;
  const event = new Webhook(secret).verify(body, headers);
  assert.throws(() => new Webhook(secret).verify(`${body} `, headers), /No matching signature/);
  judge(event);
  seen.add(event.type);
}
assert.deepEqual([...seen].sort(), kinds.map(typeOf).sort(), 'one event of each kind of docs/events.schema.json');

// A schema that lets everything pass would prove nothing.
const first = JSON.parse(messages.find((it) => it.body.includes(typeOf('order.canceled'))).body);
for (const spoil of [
  (event) => delete event.source,
  (event) => (event.time = 'yesterday'),
  (event) => delete event.data.fee,
  (event) => (event.data.fee.amount = '0'),
  (event) => (event.data.items[0].name = 'Tea'),
  (event) => (event.data.buyer = 'Anna'),
]) {
  const spoiled = structuredClone(first);
  spoil(spoiled);
  assert.notDeepEqual(problems(spoiled), [], String(spoil));
}

// The example message of the page, with its signature.
const page = fs.readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const example = JSON.parse(/^```json\n(\{\n {2}"specversion".*?)^```$/ms.exec(page)[1]);
judge(example);
const [, key] = /the secret `(whsec_[^`]+)`/.exec(page);
const [, stamp] = /^webhook-timestamp: (\d+)$/m.exec(page);
const [, signature] = /^webhook-signature: (\S+)$/m.exec(page);
assert.equal(new Webhook(key).sign(example.id, new Date(stamp * 1000), JSON.stringify(example)), signature);

// The table of the page: each kind once, and an example of what its data hold beside the five fields.
const rows = page.split('## Every event')[1].split('\n').filter((line) => line.startsWith('| `order.'));
const described = rows.flatMap((row) => {
  const [, names, , data] = row.split('|').map((cell) => cell.trim());
  return names.split(', ').map((name) => [name.replaceAll('`', ''), data]);
});
assert.deepEqual(described.map(([kind]) => kind).sort(), [...kinds].sort());
const { every } = published.definitions;
const common = Object.fromEntries(Object.keys(every.properties).map((name) => [name, example.data[name]]));
for (const [kind, data] of described) {
  if (data === 'as above') {
    assert.equal(example.type, typeOf(kind));
    continue;
  }
  const own = data === '' ? {} : JSON.parse(data.replace(/^`|`$/g, ''));
  judge({ ...example, type: typeOf(kind), data: { ...common, ...own } });
}
console.log(`${messages.length} messages, ${kinds.length} kinds of events`);
