// Canceling an order from any page that shows it: the dialog, and what is told afterwards.

import { element, notice } from "../element.js";
import { list, money } from "../format.js";
import { isOfCancellation } from "../history_line.js";
import { words } from "../language.js";
import { cancelOrder, orderByNumber, orderByToken, requestCancellation } from "../orders.js";
import { askForReason } from "./cancel_dialog.js";
import { refundTexts } from "./order_documents.js";

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

/** Whether all items of the order are canceled or refunded. */
export function isOver({ items }) {
  return items.every((item) => item.quantity_canceled + item.quantity_refunded >= item.quantity_ordered);
}

/**
 * Whether the order was canceled as a whole. Staff can refund the same items with a credit memo, which is no
 * cancellation: a cancellation leaves canceled items only, or a line of its own in the history.
 */
export function isCanceled(order) {
  const { items, comments } = order;
  const isUnpaid = items.every((item) => item.quantity_canceled >= item.quantity_ordered);
  return isUnpaid || (isOver(order) && (comments ?? []).some(({ message }) => isOfCancellation(message)));
}

/** The notice about a canceled order, with the shop's status and amounts. */
export function canceledNotice(order) {
  return overNotice(order, words.isCanceled(order.number, order.status));
}

/** The notice about an order that is over: `text`, and what becomes of the money, as far as the shop says it. */
export function overNotice(order, text) {
  const credited = (order.credit_memos ?? []).map((memo) => money(memo.total.grand_total));
  const unsaid = credited.length ? [words.isCredited(list(credited))] : [];
  const told = order.refunds ? refundTexts(order.refunds) : unsaid;
  return notice("good", ...[text, ...told].map((line) => element("p", {}, line)));
}

function requestedNotice(order) {
  return notice(
    "good",
    element("p", {}, order.email ? words.mailSent(order.email) : words.mailSentSomewhere),
    element("p", {}, words.untilThen),
  );
}
