// The other parts of an order: addresses, parcels, credit memos, history.

import { element } from "../element.js";
import { addressLines, dateAndTime, money, quantity } from "../format.js";
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

export function creditMemos(all) {
  if (!all?.length) return undefined;
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
  return card(words.refunds, all.map(memo));
}

export function history(comments) {
  if (!comments?.length) return undefined;
  const line = ({ message, timestamp }) =>
    element("li", {}, element("p", {}, message), element("p", { class: "quiet small" }, dateAndTime(timestamp)));
  const lines = element("ol", { class: "history" }, comments.map(line));
  return element("section", { class: "card late" }, element("h2", {}, words.history), lines);
}

function card(title, ...content) {
  return element("section", { class: "card" }, element("h2", {}, title), ...content);
}

function fact(title, text) {
  return element("div", { class: "fact" }, element("h3", {}, title), element("p", {}, text));
}
