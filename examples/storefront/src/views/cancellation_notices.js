// What is told after a cancellation: what was canceled, and what becomes of the money.

import { element, notice } from "../element.js";
import { list, moment, money, quantity } from "../format.js";
import { isOfCancellation, isOfPart } from "../history_line.js";
import { words } from "../language.js";
import { isDecidedByShop } from "../terms.js";
import { refundTexts } from "./order_documents.js";

/** Whether all items of the order are canceled or refunded. */
export function isOver({ items }) {
  return items.every((item) => taken(item) >= item.quantity_ordered);
}

/**
 * Whether the order was canceled as a whole. Staff can refund the same items with a credit memo, which is no
 * cancellation: a cancellation leaves canceled items only, or a line of its own in the history. The cancellation of a
 * part leaves that line too, and one that names the items.
 */
export function isCanceled(order) {
  const { items, comments } = order;
  const isUnpaid = items.every((item) => item.quantity_canceled >= item.quantity_ordered);
  const count = (isOne) => (comments ?? []).filter(({ message }) => isOne(message)).length;
  return isUnpaid || (isOver(order) && count(isOfCancellation) > count(isOfPart));
}

/**
 * The notice about a cancellation, with the shop's status and amounts. `before` is the order before it, as far as the
 * page knows: where something of the order stays, the notice names what is canceled since then. Where the shop decides,
 * nothing is canceled yet.
 */
export function canceledNotice(order, before) {
  const canceled = before ? canceledSince(order, before) : [];
  if (canceled.length && !isOver(order)) return partNotice(order, before, canceled);
  const isAsked = order.cancellation_request?.status === "OPEN" && !isOver(order);
  if (isAsked) return lines(words.isAsked(order.number), words.untilThen);
  return overNotice(order, words.isCanceled(order.number, order.status));
}

/** The notice that the shop has a request for a cancellation of the order, and by when it decides, where it says so. */
export function openRequestNotice({ cancellation_request: request }) {
  return lines(words.refusals.REQUEST_OPEN, request.due_at && words.decidesBy(moment(request.due_at)));
}

/** The notice about the shop's last decision about a request; none where there is no decision. */
export function decisionNotice({ cancellation_request: request }) {
  const told = words.decisions[request?.status];
  if (!told) return undefined;
  return lines(told, request.decision_reason && words.shopSays(request.decision_reason));
}

/**
 * Under the head of an order: why it cannot be canceled at once, and what the buyer can do instead, in the shop's
 * words; and until when it can. None for an order that is over, or of which a request is open, and in a shop that does
 * not say it.
 */
export function termsNote(order) {
  const terms = order.cancellation_terms;
  if (!terms || isOver(order) || order.cancellation_request?.status === "OPEN") return undefined;
  // The state of the order covers all other reasons.
  const [first, ...others] = terms.refusals;
  const refusals = first?.code === "STATE" ? [first] : [first, ...others].filter(Boolean);
  const texts = refusals.map(({ message, hint }) => `${message} ${hint}`);
  const until = isDecidedByShop(order) ? words.askUntil : words.cancelUntil;
  if (terms.deadline) texts.push(until(moment(terms.deadline)));
  const shown = texts.map((text) => element("p", { class: "quiet" }, text));
  return shown.length > 0 && element("div", { class: "terms-note" }, shown);
}

/** The notice about an order that is over: `text`, and what becomes of the money, as far as the shop says it. */
export function overNotice(order, text) {
  const credited = (order.credit_memos ?? []).map((memo) => money(memo.total.grand_total));
  const unsaid = credited.length ? [words.isCredited(list(credited))] : [];
  const told = order.refunds ? refundTexts(order.refunds) : unsaid;
  return lines(text, ...told);
}

/**
 * The notice that a mail is on its way. `chosen` is the part that the link cancels, none for the whole order;
 * `isAsked` says whether the shop decides about it.
 */
export function mailedNotice({ email }, { chosen, isAsked }) {
  const link = chosen ? words.openLinkForChosen(counted(chosen)) : words.openLink;
  return lines(
    email ? words.mailSent(email) : words.mailSentSomewhere,
    isAsked ? words.openLinkToAsk : link,
    words.untilThen,
  );
}

/** What was canceled or refunded since `before`: `{ name, count }` of each item. */
function canceledSince(order, before) {
  const earlier = new Map(before.items.map((item) => [item.id, taken(item)]));
  return order.items
    .map((item) => ({ name: item.product_name, count: taken(item) - (earlier.get(item.id) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function partNotice(order, before, canceled) {
  return lines(words.chosenIsCanceled(order.number, counted(canceled)), moneyOfPart(order, before), words.restStays);
}

/** What goes back for the part: the refunds are sums, and the part is their growth. None when no money goes back. */
function moneyOfPart({ refunds, total }, before) {
  const value = sum(refunds) - sum(before.refunds);
  const { currency } = total.grand_total;
  if (value < 0.00005) return undefined;
  const isPaid = refunds.every(({ state }) => state === "REFUNDED");
  const amount = money({ value, currency });
  return isPaid ? words.wasRefunded(amount) : words.willBeRefunded(amount);
}

function sum(refunds) {
  return (refunds ?? []).reduce((total, { amount }) => total + amount.value, 0);
}

function taken(item) {
  return item.quantity_canceled + item.quantity_refunded;
}

/** Items as a list: `2 × Tea and 1 × Cup`. */
function counted(items) {
  return list(items.map(({ name, count }) => `${quantity(count)} × ${name}`));
}

function lines(...texts) {
  return notice("good", ...texts.filter(Boolean).map((text) => element("p", {}, text)));
}
