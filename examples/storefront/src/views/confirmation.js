// The link in a guest's mail: opening it cancels the order.

import { BackendProblem } from "../backend.js";
import { element, heading, notice } from "../element.js";
import { confirmCancellation } from "../orders.js";
import { canceledNotice, guestOrderView } from "./order.js";

/** The order and key of the link; none when the address is no such link. */
export function confirmationIn(search) {
  const asked = new URLSearchParams(search);
  if (asked.get("action") !== "cancel") return undefined;
  return { id: asked.get("order_id"), key: asked.get("confirmation_key"), token: asked.get("orderRef") };
}

/** Sends the key once. After the shop's answer the address no longer holds the key, so reloading shows the order. */
export async function confirmationView({ id, key, token }) {
  if (!id || !key || !token) {
    forgetKey("#/guest");
    const incomplete = "This link is not complete. Open it from the mail, or copy all of it.";
    return page("Cancel an order", notice("bad", element("p", {}, incomplete)));
  }
  let outcome;
  try {
    outcome = await confirmCancellation(id, key);
  } catch (problem) {
    // Without an answer the key stays in the address, for another try.
    if (problem instanceof BackendProblem && problem.category) forgetKey("#/guest");
    throw problem;
  }
  forgetKey(`#/guest/${encodeURIComponent(token)}`);
  if (!outcome.refusal && outcome.order) return guestOrderView(token, outcome.order, canceledNotice(outcome.order));
  const refusal = notice("bad", element("p", {}, outcome.refusal ?? "The shop did not say what became of it."));
  // A refused link still shows the order, where the shop knows it.
  return guestOrderView(token, outcome.order ?? undefined, refusal).catch(() => page("Cancel an order", refusal));
}

function page(title, ...content) {
  return { title, content: [heading(title), ...content] };
}

function forgetKey(hash) {
  const address = new URL(location.href);
  for (const name of ["action", "order_id", "confirmation_key", "orderRef"]) address.searchParams.delete(name);
  address.hash = hash;
  history.replaceState(null, "", address);
}
