// The page of an order, for customers and for guests. It has the button "Cancel" when the shop offers the action.

import { element, heading, notice } from "../element.js";
import { date, money } from "../format.js";
import { cancelOrder, orderByNumber, orderByToken, requestCancellation } from "../orders.js";
import { askForReason } from "./cancel_dialog.js";
import { addresses, creditMemos, history, shipments } from "./order_documents.js";
import { itemsTable } from "./order_items.js";
import { statusBadge } from "./status.js";
import { totals } from "./order_totals.js";

/** The signed-in customer's order. */
export async function customerOrderView(number) {
  const order = await orderByNumber(number);
  const title = `Order ${number}`;
  if (!order) {
    const none = element("p", {}, "You have no order with this number in this shop.");
    return { title, content: [heading(title), notice("bad", none), backToOrders()] };
  }
  const canceling = {
    question: "It is canceled as a whole and at once. What you paid is given back.",
    submit: "Cancel order",
    send: (reason, current) => cancelOrder(current.id, reason),
    reload: () => orderByNumber(number),
    done: canceledNotice,
  };
  return { title, content: [backToOrders(), orderArticle(order, canceling)] };
}

/** Shows the order that belongs to the token. */
export async function guestOrderView(token, order, message) {
  const shown = order ?? (await orderByToken(token));
  const canceling = {
    question: "We send you a mail. The order is canceled as a whole when you open the link in it.",
    submit: "Send me the link",
    send: (reason) => requestCancellation(token, reason),
    reload: () => orderByToken(token),
    done: requestedNotice,
  };
  return { title: `Order ${shown.number}`, content: [orderArticle(shown, canceling, message)] };
}

/** The notice about a canceled order, with the shop's status and amounts. */
export function canceledNotice(order) {
  const refunds = order.credit_memos.map((memo) => money(memo.total.grand_total));
  return notice(
    "good",
    element("p", {}, `Order ${order.number} is canceled. Its status is now “${order.status}”.`),
    refunds.length > 0 && element("p", {}, `You get back ${refunds.join(" and ")}.`),
  );
}

function requestedNotice(order) {
  const where = order.email ? ` to ${order.email}` : "";
  return notice(
    "good",
    element("p", {}, `We sent a mail${where}. Open the link in it to cancel the order.`),
    element("p", {}, "Until then nothing changes."),
  );
}

function orderArticle(order, canceling, message) {
  const article = element("article", { class: "order" });
  const draw = (current, told) => article.replaceChildren(...parts(current, told, () => cancel(current)));
  const cancel = async (current) => {
    const outcome = await askForReason({
      title: `Cancel order ${current.number}?`,
      ...canceling,
      send: (reason) => canceling.send(reason, current),
    });
    if (outcome.order) draw(outcome.order, canceling.done(outcome.order));
    else if (outcome.isStale) await drawAgain();
    else return;
    article.querySelector("h1").focus();
  };
  // The shop refused the cancellation, or its answer was lost: the button is removed, because it may promise too much.
  const drawAgain = async () => {
    const fresh = await canceling.reload().catch(() => undefined);
    // The shop does not show the order now: loading the page again shows the reason or the sign-in.
    if (fresh) draw(fresh);
    else location.reload();
  };
  draw(order, message);
  return article;
}

function parts(order, told, cancel) {
  const mayCancel = order.available_actions.includes("CANCEL");
  return [
    element(
      "header",
      { class: "order-head" },
      element(
        "div",
        {},
        heading(`Order ${order.number}`),
        element("p", { class: "quiet" }, statusBadge(order.status), ` placed on ${date(order.order_date)}`),
      ),
      mayCancel && element("button", { type: "button", class: "danger", onclick: cancel }, "Cancel order"),
    ),
    told,
    element(
      "div",
      { class: "columns" },
      element("div", {}, itemsTable(order.items), shipments(order.shipments), history(order.comments)),
      element("div", {}, totals(order), creditMemos(order.credit_memos), addresses(order)),
    ),
  ].filter(Boolean);
}

function backToOrders() {
  return element("p", { class: "back" }, element("a", { href: "#/orders" }, "My orders"));
}
