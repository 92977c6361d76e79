// The other parts of an order: addresses, parcels, credit memos, history.

import { element } from "../element.js";
import { addressLines, dateAndTime, money, quantity } from "../format.js";

export function addresses(order) {
  const payment = order.payment_methods?.map((method) => method.name).join(", ");
  return card(
    "Delivery and payment",
    order.shipping_address && address("Delivered to", order.shipping_address),
    order.shipping_method && fact("Shipping", order.shipping_method),
    order.billing_address && address("Billed to", order.billing_address),
    payment && fact("Payment", payment),
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
    return element("li", {}, `Parcel ${number}`, traces.length > 0 && `, ${traces.join(", ")}`);
  };
  return card("Parcels", element("ul", { class: "plain" }, all.map(parcel)));
}

export function creditMemos(all) {
  if (!all?.length) return undefined;
  const memo = ({ number, items, total }) =>
    element(
      "div",
      { class: "fact" },
      element("h3", {}, `Credit memo ${number}`),
      element("p", { class: "amount strong" }, money(total.grand_total)),
      (items ?? []).map((item) =>
        element("p", { class: "quiet small" }, `${quantity(item.quantity_refunded)} × ${item.product_name}`),
      ),
    );
  return card("Refunds", all.map(memo));
}

export function history(comments) {
  if (!comments?.length) return undefined;
  const line = ({ message, timestamp }) =>
    element("li", {}, element("p", {}, message), element("p", { class: "quiet small" }, dateAndTime(timestamp)));
  const lines = element("ol", { class: "history" }, comments.map(line));
  return element("section", { class: "card late" }, element("h2", {}, "History"), lines);
}

function card(title, ...content) {
  return element("section", { class: "card" }, element("h2", {}, title), ...content);
}

function fact(title, text) {
  return element("div", { class: "fact" }, element("h3", {}, title), element("p", {}, text));
}
