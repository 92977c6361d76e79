// The page of an order, for customers and for guests. It has the button "Cancel" when the shop offers the action.

import { element, heading, notice } from "../element.js";
import { date } from "../format.js";
import { words } from "../language.js";
import { orderByNumber, orderByToken } from "../orders.js";
import { mayCancel } from "../terms.js";
import { byCustomer, byGuest, mayWithdraw, offerToCancel, withdraw } from "./canceling.js";
import { decisionNotice, openRequestNotice, termsNote } from "./cancellation_notices.js";
import { addresses, creditMemos, history, shipments } from "./order_documents.js";
import { itemsTable } from "./order_items.js";
import { statusBadge } from "./status.js";
import { totals } from "./order_totals.js";

/** The signed-in customer's order. */
export async function customerOrderView(number) {
  const order = await orderByNumber(number);
  const title = words.order(number);
  if (!order) {
    const none = element("p", {}, words.noSuchOrder);
    return { title, content: [heading(title), notice("bad", none), backToOrders()] };
  }
  return { title, content: [backToOrders(), orderArticle(order, byCustomer(order))] };
}

/** The guest's order that belongs to the token. */
export async function guestOrderView(token) {
  return guestPage(await orderByToken(token), token);
}

/**
 * A guest's order that is loaded already, with a message above it. `key` is that of the link with which the guest came;
 * none without one.
 */
export function guestPage(order, token, message, key) {
  return { title: words.order(order.number), content: [orderArticle(order, byGuest(token, key), message)] };
}

/** The order of the link in a mail. A customer's order is shown after the sign-in, among the customer's orders. */
export async function mailedOrderView({ token }) {
  try {
    return await guestOrderView(token);
  } catch (problem) {
    if (problem.wantsSignIn) return { elsewhere: "#/orders" };
    throw problem;
  }
}

/** The parts of an order below its head, which change nothing. */
export function orderDetails(order) {
  return element(
    "div",
    { class: "columns" },
    element("div", {}, itemsTable(order), shipments(order.shipments), history(order)),
    element("div", {}, totals(order), creditMemos(order), addresses(order)),
  );
}

/** The heading of an order with its status, and with a button or none beside it. */
export function orderHead(order, button) {
  return element(
    "header",
    { class: "order-head" },
    element(
      "div",
      {},
      heading(words.order(order.number)),
      element("p", { class: "quiet" }, statusBadge(order.status), ` ${words.placedOn(date(order.order_date))}`),
    ),
    button,
  );
}

function orderArticle(order, way, message) {
  const article = element("article", { class: "order" });
  const draw = (current, told) => {
    const isOpen = mayWithdraw(current);
    const button = isOpen ? withdrawButton(current) : mayCancel(current) && cancelButton(current);
    const notices = told ?? (isOpen ? openRequestNotice(current) : decisionNotice(current));
    const note = !told && termsNote(current);
    article.replaceChildren(...[orderHead(current, button), notices, note, orderDetails(current)].filter(Boolean));
  };
  const withdrawButton = (current) => {
    const onclick = ({ currentTarget }) => {
      currentTarget.disabled = true;
      return withdraw(current, way, redraw);
    };
    return element("button", { type: "button", onclick }, words.withdraw);
  };
  const cancelButton = (current) => {
    const onclick = () => offerToCancel(current, way, redraw);
    return element("button", { type: "button", class: "danger", onclick }, words.cancelOrder);
  };
  const redraw = (current, told) => {
    draw(current, told);
    article.querySelector("h1").focus();
  };
  draw(order, message);
  return article;
}

function backToOrders() {
  return element("p", { class: "back" }, element("a", { href: "#/orders" }, words.myOrders));
}
