// Lists, finds and cancels orders. All operations are operations of Adobe's API too. The fields of `order_fields.js`
// follow each document.

import { mutation, query } from "./backend.js";
import { orderFields } from "./order_fields.js";
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

const CANCEL = `mutation Cancel($id: ID!, $reason: String!) {
  cancelOrder(input: { order_id: $id, reason: $reason }) {
    errorV2 { code }
    order { ...Order }
  }
}`;

const REQUEST = `mutation RequestCancellation($token: String!, $reason: String!) {
  requestGuestOrderCancel(input: { token: $token, reason: $reason }) {
    errorV2 { code }
    order { ...Order }
  }
}`;

const CONFIRM = `mutation ConfirmCancellation($id: ID!, $key: String!) {
  confirmCancelOrder(input: { order_id: $id, confirmation_key: $key }) {
    errorV2 { code }
    order { ...Order }
  }
}`;

/** The signed-in customer's orders, newest first. */
export async function listOrders(page, size) {
  const { customer } = await query(LIST, { page, size });
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

/** Cancels a customer's order. Returns the order after that, or the code of the shop's refusal. */
export async function cancelOrder(id, reason) {
  const { cancelOrder: outcome } = await mutation(await withOrder(CANCEL), { id, reason });
  return result(outcome);
}

/** Asks the shop to send the link that cancels a guest's order. */
export async function requestCancellation(token, reason) {
  const { requestGuestOrderCancel: outcome } = await mutation(await withOrder(REQUEST), { token, reason });
  return result(outcome);
}

/** Cancels a guest's order with the key of that link. */
export async function confirmCancellation(id, key) {
  const { confirmCancelOrder: outcome } = await mutation(await withOrder(CONFIRM), { id, key });
  return result(outcome);
}

/** The document with the fragment that it uses. */
async function withOrder(document) {
  return `${document} ${await orderFields()}`;
}

function result({ errorV2, order }) {
  return { refusal: errorV2?.code, order: withTextsDecoded(order) };
}
