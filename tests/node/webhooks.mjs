// Judges one message with the official library of Standard Webhooks and the SDK of CloudEvents.
// Usage: node webhooks.mjs '{"secret": ..., "headers": {...}, "body": ...}'

import assert from 'node:assert/strict';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(process.argv[2]);

const verified = new Webhook(secret).verify(body, headers);
assert.equal(verified.id, headers['webhook-id']);
for (const [changed, words] of [[body.replace('test', 'best'), headers], [body, { ...headers, 'webhook-id': 'x' }]]) {
  assert.throws(() => new Webhook(secret).verify(changed, words), /No matching signature/);
}

const event = HTTP.toEvent({ headers, body });
assert.equal(event.validate(), true);
assert.equal(event.type, 'com.countermand.test.v1');
