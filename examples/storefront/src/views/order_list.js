// A list of orders, each with its button "Cancel" when the shop offers the action.

import { element } from "../element.js";
import { money, shortDate } from "../format.js";
import { words } from "../language.js";
import { mayCancel } from "../terms.js";
import { byCustomer, offerToCancel } from "./canceling.js";
import { requestNote, statusBadge } from "./status.js";

/** The signed-in customer's orders as a list. */
export function orderList(orders) {
  return element("ul", { class: "orders" }, orders.map(listItem));
}

function listItem(order) {
  const item = element("li", {});
  const draw = (current, told) => {
    const cancel = mayCancel(current) && cancelButton(current);
    item.replaceChildren(...[told, row(current, cancel)].filter(Boolean));
  };
  const cancelButton = (current) => {
    const onclick = () => offerToCancel(current, byCustomer(current), redraw);
    const label = `${words.cancelOrder}: ${current.number}`;
    return element(
      "button",
      { type: "button", class: "danger small", "aria-label": label, onclick },
      words.cancelOrder,
    );
  };
  const redraw = (current, told) => {
    draw(current, told);
    item.querySelector("a").focus();
  };
  draw(order);
  return item;
}

function row(order, button) {
  const names = order.items.map((item) => item.product_name).join(", ");
  return element(
    "div",
    { class: "card order-row" },
    element(
      "div",
      { class: "order-row-what" },
      element(
        "a",
        { class: "whole-card", href: `#/orders/${encodeURIComponent(order.number)}` },
        words.order(order.number),
      ),
      element("p", { class: "quiet one-line" }, names),
    ),
    element("p", { class: "quiet order-row-date" }, shortDate(order.order_date)),
    element("div", { class: "order-row-status" }, element("p", {}, statusBadge(order.status)), requestNote(order)),
    element("p", { class: "amount" }, money(order.total.grand_total)),
    element("div", { class: "order-row-action" }, button),
  );
}
