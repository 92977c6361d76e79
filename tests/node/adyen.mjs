// Drives the server of Adyen's API in `examples/adyen-server` with Adyen's official library, and lets that library check the
// signatures of its webhooks: what our adapter and our verifier are tested with is then what Adyen means.
//
//     node adyen.mjs http://127.0.0.1:9400 AQE_test_key ShopECOM

import assert from 'node:assert/strict';
import http from 'node:http';
import Adyen from '@adyen/api-library';

const [address, key, merchantAccount] = process.argv.slice(2);
const hmacKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const otherKey = '00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF';

// The library's requests go to our server, in the version that our adapter speaks.
const refused = [];
const toOurServer = {
  async request(endpoint, body, config, needsKey, options) {
    const path = new URL(endpoint).pathname.replace(/^\/v\d+\//, '/v71/');
    const headers = { 'Content-Type': 'application/json', 'X-API-Key': config.apiKey };
    if (options?.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
    const answer = await fetch(address + path, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status !== 201) {
      refused.push([answer.status, JSON.parse(text).errorCode]);
      throw new Error(text);
    }
    return text;
  },
};
const client = (apiKey) => new Adyen.Client({ apiKey, environment: 'TEST' }, toOurServer);
const { ModificationsApi } = new Adyen.CheckoutAPI(client(key));

async function play(path, body) {
  const answer = await fetch(`${address}/play/${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

async function refusal(call) {
  await assert.rejects(call);
  return refused.at(-1);
}

// Webhooks arrive here.
const arrived = [];
const endpoint = http.createServer(async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  arrived.push(JSON.parse(Buffer.concat(chunks)));
  answer.writeHead(200).end('[accepted]');
});
await new Promise((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${endpoint.address().port}/`;
await play('hooks', { url, secret: hmacKey, hold: true });

// Every answer says only that the request was received; a repeated key gets the same one.
await play('payments', { id: 'PAY1', authorized: 1500, captured: 1500, currency: 'EUR' });
const asked = { merchantAccount, reference: 'a:refund:1', amount: { currency: 'EUR', value: 500 } };
const refund = await ModificationsApi.refundCapturedPayment('PAY1', asked, { idempotencyKey: 'a:refund:1' });
assert.deepEqual([refund.status, refund.paymentPspReference, refund.reference], ['received', 'PAY1', 'a:refund:1']);
const again = await ModificationsApi.refundCapturedPayment('PAY1', asked, { idempotencyKey: 'a:refund:1' });
assert.equal(again.pspReference, refund.pspReference);
const inDollars = { ...asked, amount: { currency: 'USD', value: 500 } };
assert.deepEqual(await refusal(ModificationsApi.refundCapturedPayment('PAY1', inDollars)), [422, '138']);
await ModificationsApi.refundCapturedPayment('PAY1', { ...asked, amount: { currency: 'EUR', value: 1001 } });

// One call gives a whole payment back, whether it is captured or not.
await play('payments', { id: 'PAY2', authorized: 1500, currency: 'EUR' });
await play('payments', { id: 'PAY3', authorized: 1500, captured: 1500, currency: 'EUR' });
for (const payment of ['PAY2', 'PAY3']) {
  const reversal = { merchantAccount, reference: `${payment}:either:1` };
  const received = await ModificationsApi.refundOrCancelPayment(payment, reversal);
  assert.equal(received.status, 'received');
}
const cancel = { merchantAccount, reference: 'b:void:1' };
const canceled = await ModificationsApi.cancelAuthorisedPaymentByPspReference('PAY3', cancel);
assert.equal(canceled.status, 'received');
assert.deepEqual(await refusal(ModificationsApi.refundOrCancelPayment('PAY9', cancel)), [422, '167']);
const stranger = new Adyen.CheckoutAPI(client('another-key')).ModificationsApi;
assert.deepEqual(await refusal(stranger.refundOrCancelPayment('PAY2', cancel)), [401, '000']);
const elsewhere = { ...cancel, merchantAccount: 'AnotherECOM' };
assert.deepEqual(await refusal(ModificationsApi.refundOrCancelPayment('PAY2', elsewhere)), [403, '901']);

// What became of it comes by webhook, and the official library verifies each item, alone and several in one request.
const { statuses } = await play('deliver', {});
assert.ok(statuses.length === 5 && statuses.every((status) => status === 200), statuses.join());
await play('deliver', { together: true });
const items = arrived.flatMap((webhook) => webhook.notificationItems.map((it) => it.NotificationRequestItem));
assert.equal(items.length, 10);
const validator = new Adyen.hmacValidator();
for (const item of items) {
  assert.ok(validator.validateHMAC(item, hmacKey), item.eventCode);
  assert.ok(!validator.validateHMAC(item, otherKey), item.eventCode);
  assert.ok(!validator.validateHMAC({ ...item, success: 'maybe' }, hmacKey), item.eventCode);
}
const told = items.slice(0, 5).map((item) => [item.eventCode, item.success, item.originalReference]);
assert.deepEqual(told, [
  ['REFUND', 'true', 'PAY1'],
  ['REFUND', 'false', 'PAY1'],
  ['CANCEL_OR_REFUND', 'true', 'PAY2'],
  ['CANCEL_OR_REFUND', 'true', 'PAY3'],
  ['CANCELLATION', 'false', 'PAY3'],
]);
const actions = items.slice(2, 4).map((item) => item.additionalData['modification.action']);
assert.deepEqual(actions, ['cancel', 'refund']);
endpoint.close();
