// Canceling an order from any page that shows it: the dialog, and what is told afterwards.

import { element, notice } from "../element.js";
import { list, money } from "../format.js";
import { words } from "../language.js";
import { cancelOrder, orderByNumber, orderByToken, requestCancellation } from "../orders.js";
import { askForReason } from "./cancel_dialog.js";

/** Whether the shop offers the viewer to cancel the order; the button depends on nothing else. */
export function mayCancel(order) {
  return order.available_actions.includes("CANCEL");
}

/** The way of a signed-in customer: the order is canceled at once. */
export function byCustomer({ id, number }) {
  return {
    question: words.cancelConsequence,
    submit: words.cancelOrder,
    send: (reason) => cancelOrder(id, reason),
    reload: () => orderByNumber(number),
    done: canceledNotice,
  };
}

/** The way of a guest: the shop mails a link that cancels the order. */
export function byGuest(token) {
  return {
    question: words.mailConsequence,
    submit: words.sendMail,
    send: (reason) => requestCancellation(token, reason),
    reload: () => orderByToken(token),
    done: requestedNotice,
  };
}

/** Asks for the reason, cancels the order, and draws the order anew: `redraw(order, notice)`. */
export async function offerToCancel(order, way, redraw) {
  const outcome = await askForReason({ title: words.cancelQuestion(order.number), ...way });
  if (outcome.order) redraw(outcome.order, way.done(outcome.order));
  else if (outcome.isStale) await lookAgain(order, way, redraw);
}

/**
 * Loads the order that the shop refused to cancel, or whose answer was lost. Without an answer the order is drawn
 * without the button, because the button may promise too much.
 */
async function lookAgain(order, way, redraw) {
  let fresh;
  try {
    fresh = await way.reload();
  } catch (problem) {
    if (problem.hasNoAnswer) {
      const again = element("button", { type: "button", onclick: () => lookAgain(order, way, redraw) }, words.tryAgain);
      return redraw({ ...order, available_actions: [] }, notice("bad", element("p", {}, problem.message), again));
    }
  }
  if (fresh) redraw(fresh);
  // The shop does not show the order now: loading the page again shows the reason or the sign-in.
  else location.reload();
}

/** Whether the order was canceled or refunded in all its items, and nothing of it was shipped. */
export function isCanceled({ items }) {
  return items.every(
    (item) => item.quantity_shipped === 0 && item.quantity_canceled + item.quantity_refunded >= item.quantity_ordered,
  );
}

/** The notice about a canceled order, with the shop's status and amounts. */
export function canceledNotice(order) {
  const refunds = order.credit_memos.map((memo) => money(memo.total.grand_total));
  return notice(
    "good",
    element("p", {}, words.isCanceled(order.number, order.status)),
    refunds.length > 0 && element("p", {}, words.willBeRefunded(list(refunds))),
  );
}

function requestedNotice(order) {
  return notice(
    "good",
    element("p", {}, order.email ? words.mailSent(order.email) : words.mailSentSomewhere),
    element("p", {}, words.untilThen),
  );
}
