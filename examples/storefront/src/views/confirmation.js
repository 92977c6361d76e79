// The link in a guest's mail. Opening it changes nothing, because mail programs and virus scanners open links too: the
// guest presses a button.

import { itemsCanBeCanceled } from "../added_fields.js";
import { BackendProblem } from "../backend.js";
import { element, heading, notice } from "../element.js";
import { refusalText, words } from "../language.js";
import { forgetMailedLink } from "../mailed_links.js";
import { confirmCancellation, orderByToken } from "../orders.js";
import { buyersMayCancel } from "../shop.js";
import { isDecidedByShop, mayConfirm } from "../terms.js";
import { feeNotes } from "./cancel_dialog.js";
import { canceledNotice, isCanceled, isOver, overNotice } from "./cancellation_notices.js";
import { guestPage, orderDetails, orderHead } from "./order.js";

/** The order of the link, with the question whether to cancel it. The key stays in the address until it is used. */
export async function confirmationView({ id, key, token }) {
  if (!id || !key || !token) {
    forgetMailedLink("#/guest");
    const title = words.cancelOrder;
    return { title, content: [heading(title), notice("bad", element("p", {}, words.linkIncomplete))] };
  }
  const order = await orderByToken(token);
  if (!mayConfirm(order)) return settled(order, token, key);
  const texts = await textsFor(order);
  return { title: texts.title, content: [question(order, { id, key, token }, texts)] };
}

/** An order that cannot be canceled: it is canceled already, nothing of it is left, or the shop does not allow it. */
async function settled(order, token, key) {
  const told = await settledNotice(order);
  forgetMailedLink(orderHash(token));
  return guestPage(order, token, told, key);
}

async function settledNotice(order) {
  if (isCanceled(order)) return canceledNotice(order);
  if (isOver(order)) return overNotice(order, words.isOver(order.number, order.status));
  const why = words.refusals[await causeOf(order)] ?? words.cannotBeCanceled(order.number, order.status);
  return notice("bad", element("p", {}, why));
}

const CAUSES = {
  DISABLED: "ORDER_CANCELLATION_DISABLED",
  SHIPPED: "PARTIAL_ORDER_ITEM_SHIPPED",
  PARTLY_SHIPPED: "PARTIAL_ORDER_ITEM_SHIPPED",
  WINDOW_CLOSED: "WINDOW_CLOSED",
  REQUEST_OPEN: "REQUEST_OPEN",
  OPEN_INVOICE: "OPEN_INVOICE",
  IN_FULFILMENT: "IN_FULFILMENT",
};

/** Why the order cannot be canceled, as a name in `words.refusals`; none when its status is the reason. */
async function causeOf({ cancellation_terms: terms, items }) {
  if (terms) return CAUSES[terms.refusal?.code];
  // Adobe Commerce does not say it of an order. An order that is shipped as a whole has a status that says so.
  const shipped = items.filter((item) => item.quantity_shipped > 0);
  if (shipped.length && items.some((item) => item.quantity_shipped < item.quantity_ordered)) return CAUSES.SHIPPED;
  return (await buyersMayCancel()) ? undefined : CAUSES.DISABLED;
}

/** What to ask. The link does not say which items the guest chose, so the texts are true for a part and for all. */
async function textsFor(order) {
  const { number } = order;
  if (isDecidedByShop(order)) {
    return { title: words.askQuestion(number), consequence: words.askConsequence, confirm: words.askToCancel };
  }
  if (await itemsCanBeCanceled()) {
    return {
      title: words.confirmQuestion(number),
      consequence: words.confirmConsequence,
      confirm: words.confirmCancellation,
    };
  }
  return {
    title: words.cancelQuestion(number),
    consequence: `${words.cancelConsequence} ${words.cancelPromise}`,
    confirm: words.cancelOrder,
  };
}

function question(order, link, texts) {
  const told = element("div");
  const yes = element("button", { type: "button", class: "danger filled", onclick: confirm }, texts.confirm);
  const no = element("a", { class: "button", href: orderHash(link.token) }, words.keepOrder);
  const article = element(
    "article",
    { class: "order" },
    orderHead(order),
    element(
      "section",
      { class: "card" },
      element("h2", {}, texts.title),
      element("p", {}, texts.consequence),
      feeNotes(order),
      told,
      element("div", { class: "buttons" }, no, yes),
    ),
    orderDetails(order),
  );
  return article;

  async function confirm() {
    yes.disabled = true;
    yes.textContent = words.oneMoment;
    try {
      show(await answerOf(link, order));
      forgetMailedLink(orderHash(link.token));
    } catch (problem) {
      tell(problem, problem.isUnsure && ` ${words.maybeDone}`);
      yes.remove();
    }
  }

  /** Shows the order as it is now. Without an answer the key stays in the address, for another try. */
  async function lookAgain() {
    await confirmationView(link).then(show, tell);
  }

  function show(page) {
    article.replaceWith(...page.content);
    document.querySelector("h1").focus();
  }

  function tell(problem, more) {
    if (!(problem instanceof BackendProblem)) throw problem;
    const again = element("button", { type: "button", onclick: lookAgain }, words.tryAgain);
    told.replaceChildren(notice("bad", element("p", {}, problem.message, more), again));
  }
}

/** Sends the key once. Returns the page that shows what became of the order; `before` is the order before that. */
async function answerOf({ id, key, token }, before) {
  const { refusal, order } = await confirmCancellation(id, key);
  if (!refusal && order) return guestPage(order, token, canceledNotice(order, before), key);
  const fresh = await orderByToken(token);
  if (!mayConfirm(fresh)) return settled(fresh, token, key);
  // The order can still be canceled, so the key is what the shop refused.
  const isOldLink = refusal === "UNDEFINED";
  const why = isOldLink ? words.linkSuperseded : refusal ? refusalText(refusal) : words.unclear;
  return guestPage(fresh, token, notice("bad", element("p", {}, why)));
}

function orderHash(token) {
  return `#/guest/${encodeURIComponent(token)}`;
}
