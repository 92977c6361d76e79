// Follows an order with the official clients graphql-ws and graphql-sse, while staff changes it.
//
//   node live_updates.mjs '{"address": ..., "order": ..., "customer": ..., "owner": ...}'
//
// Exits with 1 when an update is missing.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

const { address, order, customer, owner } = JSON.parse(process.argv[2]);

const query = `subscription($id: ID!, $after: ID) {
  orderUpdated(order_id: $id, after: $after) { cursor event { order_version } order { state } }
}`;

/** Sends a mutation of staff. */
async function change(mutation) {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${owner}` },
    body: JSON.stringify({
      query: `mutation($id: ID!) { ${mutation}(input: { order_id: $id }) { user_errors { message } } }`,
      variables: { id: order },
    }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  assert.deepEqual(data[mutation].user_errors, []);
}

/** Follows the order, and changes it after the first update. Gives the versions and the cursor of the last one. */
async function follow(client, after, wanted) {
  const seen = [];
  let cursor;
  for await (const { data, errors } of client.iterate({ query, variables: { id: order, after } })) {
    assert.equal(errors, undefined);
    seen.push(data.orderUpdated.event.order_version);
    cursor = data.orderUpdated.cursor;
    if (seen.length === 1) {
      await change("holdOrder");
      await change("unholdOrder");
    }
    if (seen.length === wanted) break;
  }
  return { seen, cursor };
}

const headers = { Authorization: `Bearer ${customer}` };
const ws = (connectionParams, more = {}) =>
  createWsClient({
    url: `${address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
    ...more,
  });

const socket = ws(headers);
const first = await follow(socket, null, 3);
assert.deepEqual(first.seen, [1, 2, 3]);
await socket.dispose();
console.log("graphql-ws follows the order");

const events = createSseClient({ url: `${address}/graphql`, headers, retryAttempts: 0 });
const second = await follow(events, null, 3);
assert.deepEqual(second.seen, [3, 4, 5]);
const third = await follow(events, first.cursor, 4);
assert.deepEqual(third.seen, [4, 5, 6, 7]);
console.log("graphql-sse follows the order");

// A stream with nothing to tell begins with an id without an event.
const idle = events.iterate({ query, variables: { id: order, after: third.cursor } });
const next = idle.next();
await pause(1000);
await change("holdOrder");
const { value } = await next;
assert.equal(value.data.orderUpdated.event.order_version, 8);
await idle.return();
events.dispose();
console.log("graphql-sse passes over an id without an event");

// The reference client reads the codes with which the server closes.
const codes = [];
const stranger = ws({ Authorization: "Bearer nonsense" }, { on: { closed: ({ code }) => codes.push(code) } });
await assert.rejects(async () => {
  for await (const _ of stranger.iterate({ query, variables: { id: order } }));
});
assert.deepEqual(codes, [4403]);
const invalid = ws(headers);
await assert.rejects(
  async () => {
    for await (const _ of invalid.iterate({ query: "subscription { nothing }" }));
  },
  (errors) => Array.isArray(errors) && typeof errors[0].message === "string",
);
await invalid.dispose();
console.log("the codes and errors are those of the protocol");
