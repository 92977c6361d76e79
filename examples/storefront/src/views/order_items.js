// The items of an order: what was bought, and what was shipped, canceled or refunded.

import { element } from "../element.js";
import { money, quantity } from "../format.js";
import { words } from "../language.js";

export function itemsTable({ items, refunds }) {
  const head = [words.product, words.price, words.quantity, words.sum].map((text) =>
    element("th", { scope: "col" }, text),
  );
  return element(
    "section",
    { class: "card" },
    element("h2", {}, words.items),
    element(
      "table",
      { class: "items" },
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, items.map((item) => row(item, refunds))),
    ),
  );
}

function row(item, refunds) {
  return element(
    "tr",
    {},
    element(
      "td",
      {},
      element("p", { class: "product" }, item.product_name),
      element("p", { class: "quiet small" }, item.product_sku),
      details(item).map((text) => element("p", { class: "quiet small" }, text)),
    ),
    element("td", { "data-label": words.price }, item.prices ? money(item.prices.price) : ""),
    element("td", { "data-label": words.quantity }, quantities(item, refunds)),
    element("td", { "data-label": words.sum }, item.prices ? money(item.prices.row_total) : ""),
  );
}

function quantities(item, refunds) {
  const later = [
    [words.cancellationRequested, item.quantity_cancellation_requested],
    [words.shipped, item.quantity_shipped],
    [words.canceled, item.quantity_canceled],
    [ofRefund(refunds), item.quantity_refunded],
  ];
  const told = later.filter(([, count]) => count > 0);
  return element(
    "div",
    {},
    element("p", {}, quantity(item.quantity_ordered)),
    told.map(([text, count]) => element("p", { class: "quiet small" }, text(quantity(count)))),
  );
}

/**
 * What to say of refunded items. Their quantity counts as soon as the shop decides to pay them back; whether it paid is
 * in the states of the order's refunds, when the shop has them and all are the same.
 */
function ofRefund(refunds) {
  const states = new Set(refunds?.map(({ state }) => state));
  if (states.size !== 1 || states.has("NOT_REFUNDED")) return words.credited;
  return states.has("REFUNDED") ? words.refunded : words.toBeRefunded;
}

function details(item) {
  const options = (item.selected_options ?? []).map(({ label, value }) => `${label}: ${value}`);
  const bundled = (item.bundle_options ?? []).map(
    ({ label, values }) => `${label}: ${(values ?? []).map((value) => value.product_name).join(", ")}`,
  );
  return [...options, ...bundled];
}
