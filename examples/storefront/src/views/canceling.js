// Canceling an order from any page that shows it: the dialog, and what is told afterwards.

import { itemsCanBeCanceled } from "../added_fields.js";
import { BackendProblem } from "../backend.js";
import { element, notice } from "../element.js";
import { words } from "../language.js";
import {
  askForCancellation,
  cancelOrder,
  orderByNumber,
  orderByToken,
  requestCancellation,
  withdrawRequest,
} from "../orders.js";
import { quoteFor } from "../quotes.js";
import { askForReason } from "./cancel_dialog.js";
import { canceledNotice, mailedNotice } from "./cancellation_notices.js";

/**
 * The way of a signed-in customer: the order, or what is chosen of it, is canceled at once. Where the cancellation can
 * only be requested (`isAsked`, with the texts `asked`), the customer asks the shop.
 */
export function byCustomer({ id, number }) {
  return {
    whole: { consequence: words.cancelConsequence, promise: words.cancelPromise, submit: words.cancelOrder },
    part: { consequence: words.cancelChosenConsequence, submit: words.cancelChosen },
    asked: { consequence: words.askConsequence, submit: words.askToCancel },
    quote: (wish) => quoteFor({ order_id: id }, wish),
    send: (wish, { isAsked }) => (isAsked ? askForCancellation({ order_id: id }, wish) : cancelOrder(id, wish)),
    withdraw: () => withdrawRequest({ order_id: id }),
    reload: () => orderByNumber(number),
    done: ({ order, before }) => canceledNotice(order, before),
  };
}

/**
 * The way of a guest: the shop mails a link that cancels the order, or what is chosen of it, or that asks for it. Units
 * that are packed (`isPacked`) have no such link: the guest asks the shop at once, which is safe because the shop
 * decides. `key` is that of the link with which the guest came; none without one.
 */
export function byGuest(token, key) {
  return {
    whole: { consequence: words.mailConsequence, submit: words.sendMail },
    part: { consequence: words.mailChosenConsequence, submit: words.sendMail },
    asked: { consequence: words.mailAskConsequence, submit: words.sendMail },
    quote: (wish) => quoteFor({ token }, wish),
    packed: { consequence: words.askConsequence, submit: words.askToCancel },
    send: (wish, { isPacked }) => (isPacked ? askForCancellation({ token }, wish) : requestCancellation(token, wish)),
    withdraw: () => withdrawRequest({ token, confirmation_key: key }),
    reload: () => orderByToken(token),
    done: ({ order, before, chosen, isAsked }) =>
      mayWithdraw(order) ? canceledNotice(order, before) : mailedNotice(order, { chosen, isAsked }),
  };
}

/** Whether a request for a cancellation waits for the shop's decision, so that it can be taken back. */
export function mayWithdraw(order) {
  return order.cancellation_request?.status === "OPEN";
}

/** Takes the open request back, and draws the order anew: `redraw(order, notice)`. */
export async function withdraw(order, way, redraw) {
  const bad = (...texts) => notice("bad", element("p", {}, texts.filter(Boolean).join(" ")));
  try {
    const { refusal, order: after } = await way.withdraw();
    if (after) return redraw(after, notice("good", element("p", {}, words.isWithdrawn(order.number))));
    const why = refusal === "CONFIRMATION_NEEDED" ? words.withdrawByLink : words.withdrawRefused;
    redraw(await way.reload(), bad(why));
  } catch (problem) {
    if (!(problem instanceof BackendProblem)) throw problem;
    redraw(order, bad(problem.message, problem.isUnsure && words.maybeDone));
  }
}

/** Asks for items and reason, cancels them, and draws the order anew: `redraw(order, notice)`. */
export async function offerToCancel(order, way, redraw) {
  const { number } = order;
  const outcome = await askForReason({
    whole: { title: words.cancelQuestion(number), ...way.whole },
    part: { title: words.cancelChosenQuestion(number), ...way.part },
    asked: { title: words.askQuestion(number), ...way.asked },
    packed: { title: words.askQuestion(number), ...(way.packed ?? way.asked) },
    quote: way.quote,
    send: way.send,
    // The order as it is now: a list knows too little of it, and a page may have been open for long.
    load: async () => ((await itemsCanBeCanceled()) ? way.reload() : undefined),
  });
  if (outcome.order) redraw(outcome.order, way.done(outcome));
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
      const unsure = { ...order, available_actions: [], cancellation_terms: undefined };
      return redraw(unsure, notice("bad", element("p", {}, problem.message), again));
    }
  }
  if (fresh) redraw(fresh);
  // The shop does not show the order now: loading the page again shows the reason or the sign-in.
  else location.reload();
}
