// Lists, finds and cancels orders. All operations but `AskForCancellation` and `WithdrawRequest` are operations of
// Adobe's API too. The fields of `order_fields.js` follow each document.

import { itemsCanBeCanceled } from "./added_fields.js";
import { mutation, query } from "./backend.js";
import { listedFields, orderFields } from "./order_fields.js";
import { withTextsDecoded } from "./text.js";

const LIST = `query MyOrders($page: Int!, $size: Int!) {
  customer {
    orders(
      currentPage: $page
      pageSize: $size
      sort: { sort_field: CREATED_AT, sort_direction: DESC }
    ) {
      total_count
      page_info { current_page total_pages }
      items {
        id number order_date status
        available_actions
        total { grand_total { value currency } }
        items { product_name }
        ...Listed
      }
    }
  }
}`;

const BY_NUMBER = `query MyOrder($number: String!) {
  customer { orders(filter: { number: { eq: $number } }) { items { ...Order } } }
}`;

const BY_TOKEN = `query OrderByToken($token: String!) {
  guestOrderByToken(input: { token: $token }) { ...Order }
}`;

/** What Countermand adds to the inputs of cancellations: `variables` of the operation, and `fields` of the input. */
const ADDED = {
  variables: ", $items: [OrderLineInput!], $comment: String, $quote: ID",
  fields: ", items: $items, comment: $comment, quote_id: $quote",
};
const NOT_ADDED = { variables: "", fields: "" };

const cancelDocument = ({ variables, fields }) => `mutation Cancel($id: ID!, $reason: String!${variables}) {
  cancelOrder(input: { order_id: $id, reason: $reason${fields} }) {
    errorV2 { code message }
    order { ...Order }
  }
}`;

const requestDocument = ({ variables, fields }) => `mutation RequestCancellation(
  $token: String!
  $reason: String!
  ${variables}
) {
  requestGuestOrderCancel(input: { token: $token, reason: $reason${fields} }) {
    errorV2 { code message }
    order { ...Order }
  }
}`;

const ASK = `mutation AskForCancellation($input: RequestOrderCancellationInput!) {
  requestOrderCancellation(input: $input) {
    user_errors { code }
    order { ...Order }
  }
}`;

const WITHDRAW = `mutation WithdrawRequest($input: WithdrawCancellationRequestInput!) {
  withdrawCancellationRequest(input: $input) {
    user_errors { code }
    order { ...Order }
  }
}`;

const CONFIRM = `mutation ConfirmCancellation($id: ID!, $key: String!) {
  confirmCancelOrder(input: { order_id: $id, confirmation_key: $key }) {
    errorV2 { code message }
    order { ...Order }
  }
}`;

/** The signed-in customer's orders, newest first. */
export async function listOrders(page, size) {
  const { customer } = await query(`${LIST} ${await listedFields()}`, { page, size });
  return withTextsDecoded(customer.orders);
}

/** The signed-in customer's order with this number; none when there is no such order. */
export async function orderByNumber(number) {
  const { customer } = await query(await withOrder(BY_NUMBER), { number });
  return withTextsDecoded(customer.orders.items[0]);
}

/** The guest order that the token was made for. */
export async function orderByToken(token) {
  const { guestOrderByToken } = await query(await withOrder(BY_TOKEN), { token });
  return withTextsDecoded(guestOrderByToken);
}

/**
 * The token of a guest's order.
 *
 * Backends accept different proofs, and name the input's type differently. The operation does not name it.
 *
 * @param {"lastname" | "postcode"} proof
 */
export async function guestOrderToken(number, email, proof, value) {
  const document = `query FindOrder($number: String!, $email: String!, $value: String!) {
    guestOrder(input: { number: $number, email: $email, ${proof}: $value }) { token }
  }`;
  const { guestOrder } = await query(document, { number, email, value });
  return guestOrder.token;
}

/**
 * Cancels a customer's order, or items of it. Returns the order after that, or the code of the shop's refusal.
 *
 * @param {object} wish
 * @param {string} wish.reason
 * @param {{ item_id: string, quantity: number }[]} [wish.items] none for all that is left; only where the shop takes it
 * @param {string} [wish.comment] only where the shop takes it
 * @param {string} [wish.quote] the id of the quote that the buyer accepts; only where the shop makes quotes
 */
export async function cancelOrder(id, wish) {
  const document = cancelDocument(await addedInput());
  const { cancelOrder: outcome } = await mutation(await withOrder(document), { id, ...wish });
  return result(outcome);
}

/** Asks the shop to send the link that cancels a guest's order, or items of it: `wish` is as in `cancelOrder`. */
export async function requestCancellation(token, wish) {
  const document = requestDocument(await addedInput());
  const { requestGuestOrderCancel: outcome } = await mutation(await withOrder(document), { token, ...wish });
  return result(outcome);
}

/**
 * Asks the shop to cancel an order, or items of it, and the shop decides: only where the shop takes requests. `named`
 * is the order by `{ order_id }` or `{ token }`, `wish` is as in `cancelOrder`. Returns the order after that, or the
 * code of the shop's refusal.
 */
export async function askForCancellation(named, { quote, reason, ...wish }) {
  const input = { ...named, ...wish, reason: reason || undefined, quote_id: quote };
  const { requestOrderCancellation: outcome } = await mutation(await withOrder(ASK), { input });
  return resultOfRequest(outcome);
}

/** Cancels a guest's order with the key of that link. */
export async function confirmCancellation(id, key) {
  const { confirmCancelOrder: outcome } = await mutation(await withOrder(CONFIRM), { id, key });
  return result(outcome);
}

/**
 * Takes an open request for a cancellation back. `named` is the order by `{ order_id }` or `{ token }`; a guest who
 * confirmed the request adds the `confirmation_key`. Returns the order after that, or the code of the shop's refusal.
 */
export async function withdrawRequest(named) {
  const { withdrawCancellationRequest: outcome } = await mutation(await withOrder(WITHDRAW), { input: named });
  return resultOfRequest(outcome);
}

async function addedInput() {
  return (await itemsCanBeCanceled()) ? ADDED : NOT_ADDED;
}

/** The document with the fragment that it uses. */
async function withOrder(document) {
  return `${document} ${await orderFields()}`;
}

function result({ errorV2, order }) {
  return { refusal: codeOf(errorV2), order: withTextsDecoded(order) };
}

function resultOfRequest({ user_errors: [refusal], order }) {
  return { refusal: refusal?.code, order: withTextsDecoded(order) };
}

/** The code of a refusal. Adobe has no code for a stale quote, so the shop's message begins with it. */
function codeOf(refusal) {
  return refusal?.message?.startsWith("QUOTE_STALE") ? "QUOTE_STALE" : refusal?.code;
}
