// Which items of an order are canceled, and how many units of each: all that is left at first.

import { element } from "../element.js";
import { quantity } from "../format.js";
import { words } from "../language.js";

/** The smallest part of a unit that the shop counts. */
const SMALLEST = 0.0001;

/** The choice where there is none: the whole order. */
export const WHOLE_ORDER = {
  chosen: () => [],
  isAll: () => true,
  isWhole: () => true,
  isAsked: () => false,
  isPacked: () => false,
};

/**
 * The choice among the items of `order` that can be canceled or requested: `{ fields, chosen, isAll, isWhole, isAsked,
 * isPacked }`. `fields` is none when there is no choice, because nothing but a single unit is left.
 *
 * `chosen()` is the list of the chosen `{ id, name, count }`. `isAll()` says whether that is all that can be chosen,
 * and `isWhole()` whether it is all of the order: units that are shipped, for example, stay. `isAsked()` says whether
 * the shop decides about the choice, and `isPacked()` whether the warehouse packs units of it. `onchange` is called
 * with each change.
 */
export function itemChoice(order, onchange) {
  const items = openItems(order);
  const units = items.reduce((total, { open }) => total + open, 0);
  const nothingStays = order.items.every((item) => termsOf(order, item).open >= left(item));
  // A quantity that is not left is not sent, and says nothing.
  const isOf = (counts, kind) => counts.some(({ count, open, ...item }) => Math.min(count, open) > item[kind]);
  if (!items.length || (units <= 1 && items.length === 1 && nothingStays)) {
    const all = items.map((item) => ({ ...item, count: item.open }));
    return { ...WHOLE_ORDER, isAsked: () => isOf(all, "direct"), isPacked: () => isOf(all, "unpacked") };
  }
  const rows = items.map((item) => itemRow(item, changed));
  const fields = element("fieldset", {}, element("legend", {}, words.what), rows.map(({ row }) => row));
  const isAll = () => rows.every(({ item, count }) => count() === item.open);
  return {
    fields,
    chosen,
    isAll,
    isWhole: () => nothingStays && isAll(),
    isAsked: () => isOf(chosen(), "direct"),
    isPacked: () => isOf(chosen(), "unpacked"),
  };

  function chosen() {
    const counts = rows.map(({ item, count }) => ({ ...item, count: count() }));
    return counts.filter(({ count }) => count > 0);
  }

  function changed() {
    const [{ box }] = rows;
    box.setCustomValidity(rows.some((row) => row.box.checked) ? "" : words.chooseItem);
    onchange();
  }
}

/** The items of which units can be canceled or requested. */
function openItems(order) {
  return order.items
    .map((item) => ({
      id: item.id,
      name: item.product_name,
      options: item.selected_options,
      ...termsOf(order, item),
    }))
    .filter(({ open }) => open > 0);
}

/**
 * How many units of the item can be chosen (`open`), how many of these are canceled without a request (`direct`), and
 * how many the warehouse does not pack (`unpacked`).
 */
function termsOf({ cancellation_terms: { items } }, { id }) {
  const terms = items.find(({ item }) => item.id === id);
  if (!terms || terms.action === "NONE") return { open: 0, direct: 0, unpacked: 0 };
  const { action, quantity_open: unpacked, quantity_in_fulfilment: packed } = terms;
  return { open: unpacked + packed, direct: action === "CANCEL" ? unpacked : 0, unpacked };
}

/** How many units of the item are neither canceled nor refunded. */
function left(item) {
  return item.quantity_ordered - item.quantity_canceled - item.quantity_refunded;
}

function itemRow(item, onchange) {
  const options = (item.options ?? []).map(({ label, value }) => `${label}: ${value}`).join(", ");
  const box = element("input", { type: "checkbox", name: "item", checked: true, onchange: ticked });
  const field = item.open > 1 && quantityField(item, onchange);
  const label = element(
    "label",
    {},
    box,
    element("span", {}, item.name, options && element("span", { class: "quiet small" }, ` ${options}`)),
  );
  const row = element(
    "div",
    { class: "choice item-choice" },
    label,
    field && element("span", { class: "item-count" }, field, element("span", {}, words.ofOpen(quantity(item.open)))),
  );
  return { item, row, box, count };

  function ticked() {
    if (field) field.disabled = !box.checked;
    onchange();
  }

  /** How many units are chosen. A field that holds no number counts as none: the form is not sent with it. */
  function count() {
    if (!box.checked) return 0;
    return field ? field.valueAsNumber || 0 : item.open;
  }
}

function quantityField({ name, open }, oninput) {
  const isWhole = Number.isInteger(open);
  return element("input", {
    type: "number",
    "aria-label": words.quantityOf(name),
    inputmode: isWhole ? "numeric" : "decimal",
    min: isWhole ? 1 : SMALLEST,
    max: open,
    step: isWhole ? 1 : SMALLEST,
    value: open,
    required: true,
    oninput,
  });
}
