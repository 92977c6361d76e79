// My orders: a page of the list.

import { element, heading } from "../element.js";
import { money, shortDate } from "../format.js";
import { listOrders } from "../orders.js";
import { statusBadge } from "./status.js";

const PAGE_SIZE = 8;

export async function ordersView(page) {
  const orders = await listOrders(page, PAGE_SIZE);
  const content = orders.items.length
    ? [element("ul", { class: "orders" }, orders.items.map(row)), pages(orders)]
    : [element("p", { class: "quiet" }, page > 1 ? "There are no orders on this page." : "You have no orders yet.")];
  return { title: "My orders", content: [heading("My orders"), ...content] };
}

function row(order) {
  const names = order.items.map((item) => item.product_name).join(", ");
  return element(
    "li",
    { class: "card order-row" },
    element(
      "div",
      { class: "order-row-what" },
      element("a", { class: "whole-card", href: `#/orders/${encodeURIComponent(order.number)}` }, `Order ${order.number}`),
      element("p", { class: "quiet one-line" }, names),
    ),
    element("p", { class: "quiet order-row-date" }, shortDate(order.order_date)),
    element("p", { class: "order-row-status" }, statusBadge(order.status)),
    element("p", { class: "amount" }, money(order.total.grand_total)),
  );
}

function pages({ page_info: { current_page: current, total_pages: count }, total_count: total }) {
  const first = (current - 1) * PAGE_SIZE + 1;
  const last = Math.min(current * PAGE_SIZE, total);
  const step = (page, text, rel) =>
    page >= 1 && page <= count
      ? element("a", { class: "button", href: `#/orders?page=${page}`, rel }, text)
      : element("span", { class: "step-to-nowhere" });
  return element(
    "nav",
    { class: "pages", "aria-label": "Pages" },
    step(current - 1, "Newer", "prev"),
    element("p", { class: "quiet" }, `${first} to ${last} of ${total}`),
    step(current + 1, "Older", "next"),
  );
}
