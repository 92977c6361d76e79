// Lets the official library of Standard Webhooks check the messages of `examples/payment-server`: what our verifier is
// tested with, and what docs/payment-protocol.md asks of a payment service, is then what Standard Webhooks means.
//
//     node payment_server.mjs http://127.0.0.1:9100 secret

import assert from 'node:assert/strict';
import http from 'node:http';
import { Webhook } from 'standardwebhooks';

const [address, key] = process.argv.slice(2);
const secret = 'whsec_Y291bnRlcm1hbmQtdGVzdC1zZWNyZXQtMzJieXRlcyE=';
const otherSecret = 'whsec_YW5vdGhlci1zZWNyZXQtb2YtdGhlLXNob3A=';

async function sent(method, path, body) {
  const headers = { Authorization: `Bearer ${key}` };
  const answer = await fetch(address + path, { method, headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
  return answer.json();
}
const play = (path, body) => sent('POST', `/play/${path}`, body);

// Messages arrive here.
const arrived = [];
const endpoint = http.createServer(async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  arrived.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
  answer.writeHead(204).end();
});
await new Promise((resolve) => endpoint.listen(0, '127.0.0.1', resolve));

// A refund, a void and a refund that fails, and what others do: each changes a payment, and the server tells it.
await play('hooks', { url: `http://127.0.0.1:${endpoint.address().port}/`, secret });
await play('payments', { reference: 'tx-1', authorized: 1500, captured: 1500 });
await play('payments', { reference: 'tx-2', authorized: 1500 });
const reversal = { operation: 'REFUND', payment: 'tx-1', amount: 500, currency: 'USD', order: '000000001' };
await sent('PUT', '/v1/reversals/a:refund:1', reversal);
await sent('PUT', '/v1/reversals/b:void:1', { ...reversal, operation: 'VOID', payment: 'tx-2' });
await play('faults', { next: ['pending'] });
await sent('PUT', '/v1/reversals/c:refund:1', reversal);
await play('reversals/c:refund:1/fail', {});
await play('payments/tx-1/refund', { amount: 200 });
await play('payments/tx-1/dispute', {});
const payments = ['tx-1', 'tx-2', 'tx-1', 'tx-1', 'tx-1', 'tx-1'];
for (let tries = 0; arrived.length < payments.length; tries += 1) {
  assert.ok(tries < 5000, `${arrived.length} messages arrived`);
  await new Promise((resume) => setTimeout(resume, 20));
}

// The library verifies each message, and refuses it with another body, another id or another secret.
const told = new Map();
for (const { body, headers } of arrived) {
  const message = new Webhook(secret).verify(body, headers);
  assert.equal(message.type, 'payment.changed');
  assert.match(message.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(Object.keys(message.data), ['payment']);
  told.set(headers['webhook-id'], message.data.payment);
  for (const [one, text, words] of [
    [secret, `${body} `, headers],
    [secret, body, { ...headers, 'webhook-id': 'msg_0' }],
    [otherSecret, body, headers],
  ]) {
    assert.throws(() => new Webhook(one).verify(text, words), /No matching signature/);
  }
}
assert.deepEqual(payments.map((_, index) => told.get(`msg_${index + 1}`)), payments);

// A repetition has the id of the message and a signature of its own; one that is too old or too new is refused.
for (const [late, refusal] of [[0, null], [330, /timestamp too old/], [-330, /timestamp too new/]]) {
  const { statuses } = await play('deliver', { messages: ['msg_1'], late });
  assert.deepEqual(statuses, [204]);
  const { body, headers } = arrived.at(-1);
  const verify = () => new Webhook(secret).verify(body, headers);
  assert.equal(headers['webhook-id'], 'msg_1');
  if (refusal) assert.throws(verify, refusal);
  else assert.equal(verify().data.payment, 'tx-1');
}
endpoint.close();
console.log(`${arrived.length} messages`);
