// The other parts of an order: addresses, parcels, credit memos, history.

import { element } from "../element.js";
import { addressLines, dateAndTime, money, quantity } from "../format.js";
import { historyLine } from "../history_line.js";
import { words } from "../language.js";

export function addresses(order) {
  const payment = order.payment_methods?.map((method) => method.name).join(", ");
  return card(
    words.deliveryAndPayment,
    order.shipping_address && address(words.deliveredTo, order.shipping_address),
    order.shipping_method && fact(words.shipping, order.shipping_method),
    order.billing_address && address(words.billedTo, order.billing_address),
    payment && fact(words.payment, payment),
  );
}

/** An address under its heading. */
export function address(title, value) {
  const lines = addressLines(value).flatMap((line) => [line, element("br")]);
  return element("div", { class: "fact" }, element("h3", {}, title), element("address", {}, lines));
}

export function shipments(all) {
  if (!all?.length) return undefined;
  const parcel = ({ number, tracking }) => {
    const traces = (tracking ?? []).map((trace) => `${trace.title} ${trace.number ?? ""}`.trim());
    return element("li", {}, [words.parcel(number), ...traces].join(", "));
  };
  return card(words.parcels, element("ul", { class: "plain" }, all.map(parcel)));
}

/** Credit memos, and what became of the money where the shop says it. A credit memo itself is no payment. */
export function creditMemos({ credit_memos: all, refunds }) {
  const told = refundTexts(refunds).map((text) => element("p", {}, text));
  if (!all?.length && !told.length) return undefined;
  const memo = ({ number, items, total }) =>
    element(
      "div",
      { class: "fact" },
      element("h3", {}, words.creditMemo(number)),
      element("p", { class: "amount strong" }, money(total.grand_total)),
      (items ?? []).map((item) =>
        element("p", { class: "quiet small" }, `${quantity(item.quantity_refunded)} × ${item.product_name}`),
      ),
    );
  return card(told.length ? words.refunds : words.creditMemos, told, (all ?? []).map(memo));
}

/** What the shop pays back, and whether it was paid: a sentence for each state; none when the shop does not say. */
export function refundTexts(refunds) {
  const texts = {
    LOOKED_INTO: words.refundIsLookedInto,
    REFUNDED: words.wasRefunded,
    NOT_REFUNDED: words.notRefunded,
  };
  return (refunds ?? []).map(({ amount, state }) => (texts[state] ?? words.willBeRefunded)(money(amount)));
}

export function history({ comments, total }) {
  if (!comments?.length) return undefined;
  const { currency } = total.grand_total;
  const line = ({ message, timestamp }) =>
    element("li", {}, element("p", {}, historyLine(message, currency)), at(timestamp));
  const lines = element("ol", { class: "history" }, comments.map(line));
  return element("section", { class: "card late" }, element("h2", {}, words.history), lines);
}

function at(timestamp) {
  return element("p", { class: "quiet small" }, dateAndTime(timestamp));
}

function card(title, ...content) {
  return element("section", { class: "card" }, element("h2", {}, title), ...content);
}

function fact(title, text) {
  return element("div", { class: "fact" }, element("h3", {}, title), element("p", {}, text));
}
