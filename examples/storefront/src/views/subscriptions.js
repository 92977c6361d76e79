// My subscriptions: each with a button that ends it, and one that lets it go on, as far as the shop offers them.

import { subscriptionsExist } from "../added_fields.js";
import { element, heading, notice } from "../element.js";
import { date, money } from "../format.js";
import { words } from "../language.js";
import { endSubscription, listSubscriptions, resumeSubscription } from "../subscriptions.js";

/** More subscriptions than a customer has; the list says when it does not hold all of them. */
const MOST = 100;

export async function subscriptionsView() {
  const { items, total_count: total } = (await subscriptionsExist())
    ? await listSubscriptions(1, MOST)
    : { items: [], total_count: 0 };
  const content = items.length
    ? element("ul", { class: "orders subscriptions" }, items.map(listItem))
    : element("p", { class: "quiet" }, words.noSubscriptions);
  const range = total > items.length && element("p", { class: "quiet" }, words.range(1, items.length, total));
  return {
    title: words.mySubscriptions,
    content: [heading(words.mySubscriptions), content, range].filter(Boolean),
  };
}

function listItem(subscription) {
  const item = element("li", {});
  const draw = (current, told) => {
    item.replaceChildren(...[told, card(current, change)].filter(Boolean));
  };
  const change = async (current, send, sentence) => {
    for (const button of item.querySelectorAll("button")) button.disabled = true;
    try {
      const { refusal, subscription: after } = await send();
      if (refusal) draw(current, notice("bad", element("p", {}, subscriptionRefusal(refusal))));
      else draw(after, notice("good", element("p", {}, sentence(after))));
    } catch (problem) {
      // A request without an answer may have been carried out all the same.
      const text = problem.isUnsure ? `${problem.message} ${words.subscriptionMaybeChanged}` : problem.message;
      draw(current, notice("bad", element("p", {}, text)));
    }
    item.querySelector("a").focus();
  };
  draw(subscription);
  return item;
}

function card(subscription, change) {
  const { subscription_id: id, order_number: number, product_name: name } = subscription;
  const button = (text, kind, onclick) =>
    element("button", { type: "button", class: `${kind} small`, "aria-label": `${text}: ${name}`, onclick }, text);
  const ends = subscription.end_options.map((when) => {
    const { label, question } = endTexts(subscription, when);
    return button(label, "danger", () => {
      if (confirm(question)) change(subscription, () => endSubscription(id, when), stateText);
    });
  });
  const resume =
    subscription.can_resume &&
    button(words.resumeSubscription, "", () => change(subscription, () => resumeSubscription(id), () => words.goesOn));
  return element(
    "div",
    { class: "card" },
    element("h2", {}, name),
    element("p", {}, stateText(subscription)),
    element(
      "p",
      { class: "quiet" },
      element("a", { href: `#/orders/${encodeURIComponent(number)}` }, words.order(number)),
    ),
    element("div", { class: "buttons" }, ends, resume),
  );
}

/** What the button of an end says, and what is asked before it is sent. */
function endTexts({ product_name: name, paid_until: until, refund_at_once: refund }, when) {
  if (when === "AT_ONCE") {
    return { label: words.endNow, question: words.endNowQuestion(name, refund ? money(refund) : "0") };
  }
  return { label: words.endWithPeriod, question: words.endWithPeriodQuestion(name, date(until)) };
}

function stateText({ status, paid_until: until, ends_at: end }) {
  switch (status) {
    case "ENDING":
      return words.endsAt(date(end));
    case "ENDED":
      return words.hasEnded(date(end));
    default:
      return words.paidUntil(date(until));
  }
}

function subscriptionRefusal(code) {
  return words.subscriptionRefusals[code] ?? words.subscriptionRefusals.OTHER;
}
