// What Countermand has beyond Adobe Commerce. A document with one field that the shop does not know fails as a whole,
// so the page asks the shop once, and selects these fields only where they exist.

import { BackendProblem, mutation, query } from "./backend.js";

// `@skip` leaves the field out when the operation runs, but the shop checks it as any other field. So the question
// changes and reads nothing, and a shop whose schema cannot be read (introspection) answers it too.
// A mutation may have five fields, so the mutations are two questions.
const OF_ORDERS = `query AddedOrderFields {
  __typename
  storeConfig @skip(if: true) { order_cancellation_reasons { needs_comment } }
  customer @skip(if: true) {
    orders {
      items {
        refunds { amount { value } state }
        cancellation_request { status due_at decision_reason }
        cancellation_terms {
          action reason_required comment_required deadline
          refusal { code }
          refusals { code message hint }
          fee { value }
          items { item { id } action quantity_open quantity_in_fulfilment }
        }
        items { quantity_cancellation_requested }
        total { other_charges { label amount { value } } }
      }
    }
  }
}`;

const OF_GUEST_ORDERS = `query AddedGuestOrderFields {
  __typename
  guestOrder(input: { number: "", email: "", postcode: "" }) @skip(if: true) { token }
}`;

const OF_CANCELLATIONS = `mutation AddedCancellationFields {
  __typename
  cancelOrder(input: { order_id: "", reason: "", items: [], comment: "", quote_id: "" }) @skip(if: true) {
    errorV2 { code }
  }
  requestGuestOrderCancel(input: { token: "", reason: "", items: [], comment: "", quote_id: "" }) @skip(if: true) {
    errorV2 { code }
  }
  previewCancellation(input: { order_id: "" }) @skip(if: true) { quote { tenders { tender } } }
}`;

const OF_REQUESTS = `mutation AddedRequests {
  __typename
  requestOrderCancellation(
    input: { order_id: "", token: "", reason: "", items: [], comment: "", quote_id: "" }
  ) @skip(if: true) { user_errors { code } }
  withdrawCancellationRequest(input: { token: "", confirmation_key: "" }) @skip(if: true) { user_errors { code } }
}`;

const OF_SUBSCRIPTIONS = `query AddedSubscriptions {
  __typename
  customer @skip(if: true) { subscriptions { items { end_options can_resume } } }
}`;

const answers = new Map();

/**
 * Whether orders have `refunds`, `cancellation_request`, `cancellation_terms`, `total { other_charges }` and items with
 * `quantity_cancellation_requested`, and whether reasons have `needs_comment`.
 */
export function ordersHaveMore() {
  return shopTakes(OF_ORDERS);
}

/** Whether a guest's order is found by its postcode too. */
export function postcodeIsProof() {
  return shopTakes(OF_GUEST_ORDERS);
}

/**
 * Whether the shop cancels single items of an order, says which of them are left and what comes back, takes a comment,
 * and takes requests.
 */
export async function itemsCanBeCanceled() {
  const asked = [shopTakes(OF_CANCELLATIONS, mutation), shopTakes(OF_REQUESTS, mutation), ordersHaveMore()];
  return (await Promise.all(asked)).every(Boolean);
}

/** Whether the shop knows subscriptions. */
export function subscriptionsExist() {
  return shopTakes(OF_SUBSCRIPTIONS);
}

/** Whether the shop takes the document. A question without an answer is asked again the next time. */
function shopTakes(document, send = query) {
  if (!answers.has(document)) {
    const answer = ask(document, send);
    answers.set(document, answer);
    answer.catch(() => answers.delete(document));
  }
  return answers.get(document);
}

async function ask(document, send) {
  try {
    await send(document);
    return true;
  } catch (problem) {
    if (problem instanceof BackendProblem && problem.isRefusal) return false;
    throw problem;
  }
}
