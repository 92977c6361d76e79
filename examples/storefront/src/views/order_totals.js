// The totals of an order.

import { element } from "../element.js";
import { money, moneyOff } from "../format.js";
import { words } from "../language.js";

export function totals({ total, is_virtual: isVirtual }) {
  const lines = [
    [words.subtotal, money(total.subtotal_excl_tax)],
    ...(total.discounts ?? []).map(({ label, amount }) => [label, moneyOff(amount)]),
    ...(isVirtual ? [] : [[words.shipping, money(total.total_shipping)]]),
    ...(total.other_charges ?? []).map(({ label, amount }) => [label, money(amount)]),
    [words.tax, money(total.total_tax)],
    ...credits(total),
    [words.total, money(total.grand_total)],
  ];
  const pairs = lines.map(([name, amount]) =>
    element("div", {}, element("dt", {}, name), element("dd", { class: "amount" }, amount)),
  );
  return element(
    "section",
    { class: "card" },
    element("h2", {}, words.summary),
    element("dl", { class: "totals" }, pairs),
  );
}

function credits({ total_giftcard: credit }) {
  return credit?.value > 0 ? [[words.giftCards, moneyOff(credit)]] : [];
}
