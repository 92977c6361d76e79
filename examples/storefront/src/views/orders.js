// My orders: a page of the list.

import { element, heading } from "../element.js";
import { words } from "../language.js";
import { listOrders } from "../orders.js";
import { orderList } from "./order_list.js";

const PAGE_SIZE = 8;

export async function ordersView(page) {
  const orders = await listOrders(page, PAGE_SIZE);
  const none = page > 1 ? words.noOrdersOnPage : words.noOrders;
  const content = orders.items.length
    ? [orderList(orders.items), pages(orders)]
    : [element("p", { class: "quiet" }, none)];
  return { title: words.myOrders, content: [heading(words.myOrders), ...content] };
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
    { class: "pages", "aria-label": words.pages },
    step(current - 1, words.newer, "prev"),
    element("p", { class: "quiet" }, words.range(first, last, total)),
    step(current + 1, words.older, "next"),
  );
}
