// Drives the server of Stripe's API in `examples/stripe-server` with Stripe's official client, and lets that client
// check the signatures of its webhooks: what our adapter and our verifier are tested with is then what Stripe means.
//
//     node stripe.mjs http://127.0.0.1:9200 sk_test_key

import assert from 'node:assert/strict';
import http from 'node:http';
import Stripe from 'stripe';

const [address, key] = process.argv.slice(2);
const { protocol, hostname, port } = new URL(address);
const options = { host: hostname, port, protocol: protocol.slice(0, -1), maxNetworkRetries: 0 };
const stripe = new Stripe(key, options);
const secrets = ['whsec_first', 'whsec_second'];

async function play(path, body) {
  const answer = await fetch(`${address}/play/${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

async function refusal(call) {
  try {
    await call;
  } catch (problem) {
    return problem;
  }
  return assert.fail('the call is not refused');
}

// Messages arrive here.
const arrived = [];
const endpoint = http.createServer(async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  arrived.push([Buffer.concat(chunks), request.headers['stripe-signature']]);
  answer.writeHead(204).end();
});
await new Promise((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
await play('hooks', { url: `http://127.0.0.1:${endpoint.address().port}/`, secrets, hold: true });

// Refunds: created once for a key, listed page by page, refused with the codes of the real API.
await play('payments', { id: 'pi_1', authorized: 1500, captured: 1500 });
const intent = await stripe.paymentIntents.retrieve('pi_1', { expand: ['latest_charge'] });
assert.deepEqual([intent.status, intent.amount_received, intent.latest_charge.captured], ['succeeded', 1500, true]);
const asked = { payment_intent: 'pi_1', amount: 500, reason: 'requested_by_customer', metadata: { countermand_key: 'a:1' } };
const refund = await stripe.refunds.create(asked, { idempotencyKey: 'a:1' });
assert.deepEqual([refund.object, refund.status, refund.metadata.countermand_key], ['refund', 'succeeded', 'a:1']);
const again = await stripe.refunds.create(asked, { idempotencyKey: 'a:1' });
assert.equal(again.id, refund.id);
assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
const reused = await refusal(stripe.refunds.create({ ...asked, amount: 400 }, { idempotencyKey: 'a:1' }));
assert.ok(reused instanceof Stripe.errors.StripeIdempotencyError, reused.constructor.name);
const tooMuch = await refusal(stripe.refunds.create({ payment_intent: 'pi_1', amount: 1001 }));
assert.deepEqual([tooMuch.statusCode, tooMuch.param], [400, 'amount']);
await stripe.refunds.create({ payment_intent: 'pi_1' });
const nothingLeft = await refusal(stripe.refunds.create({ payment_intent: 'pi_1' }));
assert.equal(nothingLeft.code, 'charge_already_refunded');
const listed = [];
for await (const one of stripe.refunds.list({ payment_intent: 'pi_1', limit: 1 })) listed.push(one.amount);
assert.deepEqual(listed, [1000, 500]);
const reason = await refusal(stripe.refunds.create({ payment_intent: 'pi_1', reason: 'no_longer_needed' }));
assert.equal(reason.param, 'reason');

// Voids.
await play('payments', { id: 'pi_2', authorized: 1500 });
const canceled = await stripe.paymentIntents.cancel('pi_2', { cancellation_reason: 'requested_by_customer' });
assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'requested_by_customer']);
assert.equal((await refusal(stripe.paymentIntents.cancel('pi_1'))).code, 'payment_intent_unexpected_state');
assert.equal((await refusal(stripe.paymentIntents.retrieve('pi_9'))).code, 'resource_missing');

// Failures that are kept under a key, busy objects, and a wrong key.
await play('payments', { id: 'pi_3', authorized: 1500, captured: 1500 });
await play('faults', { next: ['store_error_after', 'throttle', 'in_use'] });
for (let round = 0; round < 2; round += 1) {
  const broken = await refusal(stripe.refunds.create({ payment_intent: 'pi_3' }, { idempotencyKey: 'c:1' }));
  assert.ok(broken instanceof Stripe.errors.StripeAPIError && broken.statusCode === 500, broken.message);
}
assert.equal((await stripe.refunds.list({ payment_intent: 'pi_3' })).data.length, 1);
await play('payments', { id: 'pi_4', authorized: 1500, captured: 1500 });
const limited = await refusal(stripe.refunds.create({ payment_intent: 'pi_4' }));
assert.ok(limited instanceof Stripe.errors.StripeRateLimitError, limited.constructor.name);
assert.equal((await refusal(stripe.refunds.create({ payment_intent: 'pi_4' }))).statusCode, 409);
const stranger = new Stripe('sk_test_of_another', options);
const unauthorized = await refusal(stranger.paymentIntents.retrieve('pi_1'));
assert.ok(unauthorized instanceof Stripe.errors.StripeAuthenticationError, unauthorized.constructor.name);

// The official client verifies each message with both secrets, and refuses an old and a changed one.
const { statuses } = await play('deliver', {});
assert.ok(statuses.length >= 6 && statuses.every((status) => status === 204), statuses.join());
const kinds = new Set();
for (const [body, signature] of arrived) {
  for (const secret of secrets) kinds.add(stripe.webhooks.constructEvent(body, signature, secret).type);
}
for (const kind of ['refund.created', 'charge.refunded', 'payment_intent.canceled']) assert.ok(kinds.has(kind), kind);
const [body, signature] = arrived[0];
const changed = Buffer.from(body.toString().replace('evt_1', 'evt_x'));
const verify = (text, header) => () => stripe.webhooks.constructEvent(text, header, secrets[0]);
assert.throws(verify(changed, signature), Stripe.errors.StripeSignatureVerificationError);
await play('deliver', { events: ['evt_1'], late: 301 });
const [lateBody, lateSignature] = arrived.at(-1);
assert.throws(verify(lateBody, lateSignature), Stripe.errors.StripeSignatureVerificationError);
endpoint.close();
