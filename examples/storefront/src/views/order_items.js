// The items of an order: what was bought, and what was shipped, canceled or refunded.

import { element } from "../element.js";
import { money, quantity } from "../format.js";

export function itemsTable(items) {
  const head = ["Product", "Price", "Quantity", "Sum"].map((text) => element("th", { scope: "col" }, text));
  return element(
    "section",
    { class: "card" },
    element("h2", {}, "Items"),
    element(
      "table",
      { class: "items" },
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, items.map(row)),
    ),
  );
}

function row(item) {
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
    element("td", { "data-label": "Price" }, item.prices ? money(item.prices.price) : ""),
    element("td", { "data-label": "Quantity" }, quantities(item)),
    element("td", { "data-label": "Sum" }, item.prices ? money(item.prices.row_total) : ""),
  );
}

function quantities(item) {
  const later = [
    ["shipped", item.quantity_shipped],
    ["canceled", item.quantity_canceled],
    ["refunded", item.quantity_refunded],
  ];
  const told = later.filter(([, count]) => count > 0);
  return element(
    "div",
    {},
    element("p", {}, quantity(item.quantity_ordered)),
    told.map(([what, count]) => element("p", { class: "quiet small" }, `${quantity(count)} ${what}`)),
  );
}

function details(item) {
  const options = (item.selected_options ?? []).map(({ label, value }) => `${label}: ${value}`);
  const bundled = (item.bundle_options ?? []).map(
    ({ label, values }) => `${label}: ${(values ?? []).map((value) => value.product_name).join(", ")}`,
  );
  return [...options, ...bundled];
}
