// The totals of an order.

import { element } from "../element.js";
import { money, moneyOff } from "../format.js";

export function totals({ total, is_virtual: isVirtual }) {
  const lines = [
    ["Subtotal", money(total.subtotal_excl_tax)],
    ...(total.discounts ?? []).map(({ label, amount }) => [label, moneyOff(amount)]),
    ...(isVirtual ? [] : [["Shipping", money(total.total_shipping)]]),
    ["Tax", money(total.total_tax)],
    ["Total", money(total.grand_total)],
  ];
  const pairs = lines.map(([name, amount]) =>
    element("div", {}, element("dt", {}, name), element("dd", { class: "amount" }, amount)),
  );
  return element("section", { class: "card" }, element("h2", {}, "Summary"), element("dl", { class: "totals" }, pairs));
}
