// What Countermand has beyond Adobe Commerce. A document with one field that the shop does not know fails as a whole,
// so the page asks the shop once, and selects these fields only where they exist.

import { BackendProblem, query } from "./backend.js";

// `@skip` leaves the field out when the query runs, but the shop checks it as any other field. So the question changes
// and reads nothing, and a shop whose schema cannot be read (introspection) answers it too.
const OF_ORDERS = `query AddedOrderFields {
  __typename
  customer @skip(if: true) {
    orders {
      items {
        refunds { amount { value } state }
        cancellation_terms { refusal { code } }
        total { other_charges { label amount { value } } }
      }
    }
  }
}`;

const OF_GUEST_ORDERS = `query AddedGuestOrderFields {
  __typename
  guestOrder(input: { number: "", email: "", postcode: "" }) @skip(if: true) { token }
}`;

const answers = new Map();

/** Whether orders have `refunds`, `cancellation_terms` and `total { other_charges }`. */
export function ordersHaveMore() {
  return shopTakes(OF_ORDERS);
}

/** Whether a guest's order is found by its postcode too. */
export function postcodeIsProof() {
  return shopTakes(OF_GUEST_ORDERS);
}

/** Whether the shop takes the document. A question without an answer is asked again the next time. */
function shopTakes(document) {
  if (!answers.has(document)) {
    const answer = ask(document);
    answers.set(document, answer);
    answer.catch(() => answers.delete(document));
  }
  return answers.get(document);
}

async function ask(document) {
  try {
    await query(document);
    return true;
  } catch (problem) {
    if (problem instanceof BackendProblem && problem.isRefusal) return false;
    throw problem;
  }
}
