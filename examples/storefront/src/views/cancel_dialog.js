// The dialog that asks what to cancel and why, sends it, and shows the shop's answer.

import { element, notice } from "../element.js";
import { money } from "../format.js";
import { refusalText, words } from "../language.js";
import { cancellationReasons } from "../shop.js";
import { mayCancelAll } from "../terms.js";
import { NO_COMMENT, commentField } from "./comment_field.js";
import { WHOLE_ORDER, itemChoice } from "./item_choice.js";
import { quoteBox } from "./quote_box.js";

/**
 * Asks for a reason, and for items and a comment where the shop takes them, and sends it all.
 *
 * `whole`, `part`, `asked` and `packed` are the texts `{ title, consequence, submit }`: for all of the order, for a
 * part of it, for a cancellation that the shop decides about, and for one of units that are packed. `whole` has a
 * `promise` too, for a shop that cancels whole orders only: there all of the money comes back. `load` gives the order
 * to choose from; none in such a shop. `quote` gives the shop's quote for a wish, or none. `send` gets the wish, and
 * `{ isAsked, isPacked }`.
 *
 * Returns `{ order, before, chosen, isAsked }` when the shop accepted: the order after and before that, the items if
 * they are not the whole order, and whether the shop decides about it.
 * Otherwise returns `{ isStale }`: whether the order must be read again, because the shop refused the cancellation or
 * its answer was lost.
 */
export async function askForReason({ whole, part, asked, packed, load, quote, send }) {
  const { promise, resolve } = withResolver();
  const told = element("div");
  const title = element("h2", { id: "dialog-title" });
  const consequence = element("p", { "aria-live": "polite" });
  const choices = element("fieldset", {}, element("legend", {}, words.why));
  const keep = element("button", { type: "button", value: "keep", onclick: () => dialog.close() }, words.keepOrder);
  const go = element("button", { class: "danger filled", disabled: true });
  const quotes = quoteBox(quote);
  const form = element(
    "form",
    { onsubmit: submitted },
    title,
    consequence,
    choices,
    quotes.box,
    told,
    element("div", { class: "buttons" }, keep, go),
  );
  const dialog = element("dialog", { "aria-labelledby": "dialog-title", onclose: closed, oncancel: unlessBusy }, form);
  let before;
  let items = WHOLE_ORDER;
  let comment = NO_COMMENT;
  let promised;
  let isStale = false;
  let isBusy = false;
  let outcome;

  // The browser's button "back" closes the dialog.
  const leaving = new AbortController();
  addEventListener("hashchange", () => dialog.close(), { signal: leaving.signal });
  describe();
  document.body.append(dialog);
  dialog.showModal();
  await offer();
  return promise;

  async function offer() {
    told.replaceChildren();
    const legend = element("legend", {}, words.why);
    choices.replaceChildren(legend, element("p", { class: "quiet" }, words.loading));
    try {
      const [reasons, order] = await Promise.all([cancellationReasons(), load()]);
      before = order;
      const isOptional = order?.cancellation_terms?.reason_required === false;
      const offered = isOptional ? [{ value: "", text: words.noReason, isChosen: true }, ...reasons] : reasons;
      choices.replaceChildren(legend, ...offered.map((reason) => choice(reason, askForQuote)));
      promised = order ? undefined : whole.promise;
      if (order) offerMore(order, reasons);
      describe();
      form.querySelector("input")?.focus();
      go.disabled = offered.length === 0;
      if (!offered.length) tell(words.noReasons);
    } catch (problem) {
      isStale = Boolean(problem.wantsSignIn);
      choices.replaceChildren(legend);
      tell(problem.message, element("button", { type: "button", onclick: offer }, words.tryAgain));
    }
  }

  /** Offers what only some shops take: a part of the order, and a comment. */
  function offerMore(order, reasons) {
    items = itemChoice(order, describe);
    const isAlways = order.cancellation_terms.comment_required;
    const needing = new Set(reasons.filter(({ needsComment }) => needsComment).map(({ value }) => value));
    comment = commentField(() => isAlways || needing.has(reason()));
    consequence.after(...feeNotes(order));
    if (items.fields) choices.before(items.fields);
    choices.after(comment.field);
  }

  /** Says what will happen, as the choice of items is now. */
  function describe() {
    const texts = textsOf({ whole, part, asked, packed }, items);
    title.textContent = texts.title;
    go.textContent = texts.submit;
    const isSomething = items.isAll() || items.chosen().length > 0;
    const text = isSomething ? [texts.consequence, promised].filter(Boolean).join(" ") : words.chooseItem;
    // Screen readers read the text again each time it is set.
    if (consequence.textContent !== text) consequence.textContent = text;
    askForQuote();
  }

  /** Asks what the choice as it is now brings back, and whether its reason needs a comment. */
  function askForQuote() {
    comment.renew();
    if (!before) return;
    const isSomething = items.isAll() || items.chosen().length > 0;
    quotes.renew(before, isSomething ? wished() : undefined);
  }

  /** What is chosen now, as it is sent. */
  function wished() {
    const isUnnamed = items.isAll() && (!items.fields || mayCancelAll(before));
    const named = () => items.chosen().map(({ id, count }) => ({ item_id: id, quantity: count }));
    return { reason: reason(), items: isUnnamed ? undefined : named() };
  }

  function reason() {
    return new FormData(form).get("reason") ?? undefined;
  }

  async function submitted(event) {
    event.preventDefault();
    setBusy(true);
    const chosen = items.chosen();
    const wish = { ...wished(), comment: comment.text() };
    const [isAsked, isPacked] = [items.isAsked(), items.isPacked()];
    try {
      const accepted = await quotes.accepted();
      const { refusal, order } = await send({ ...wish, quote: accepted?.id }, { isAsked, isPacked });
      isStale = true;
      if (order && !refusal) {
        outcome = { order, before, chosen: items.isWhole() ? undefined : chosen, isAsked };
        return dialog.close();
      }
      // Without a code of its own, the refusal may be about the items or the comment.
      const isUnnamed = refusal === "UNDEFINED" && before;
      tell(isUnnamed ? words.chosenRefused : refusal ? refusalText(refusal) : words.unclear);
    } catch (problem) {
      isStale = true;
      // A request without an answer may have been carried out all the same.
      tell(problem.isUnsure ? `${problem.message} ${words.maybeDone}` : problem.message);
    }
    setBusy(false);
  }

  function setBusy(busy) {
    isBusy = busy;
    go.disabled = busy;
    keep.disabled = busy;
    if (busy) go.textContent = words.oneMoment;
    else describe();
  }

  function tell(message, ...more) {
    told.replaceChildren(notice("bad", element("p", {}, message), ...more));
    keep.textContent = words.close;
  }

  // The key Escape does not close the dialog while a request is under way.
  function unlessBusy(event) {
    if (isBusy) event.preventDefault();
  }

  function closed() {
    leaving.abort();
    dialog.remove();
    resolve(outcome ?? { isStale });
  }
}

/** The texts for the choice as it is now. */
function textsOf({ whole, part, asked, packed }, items) {
  if (items.isPacked()) return packed;
  if (items.isAsked()) return asked;
  return items.isWhole() ? whole : part;
}

/** What the shop may keep of the money: a paragraph, or none. For some reasons it keeps no fee. */
export function feeNotes({ cancellation_terms: terms }) {
  return terms?.fee.value > 0 ? [element("p", {}, words.fee(money(terms.fee)))] : [];
}

function choice({ value, text, isChosen }, onchange) {
  return element(
    "label",
    { class: "choice" },
    element("input", { type: "radio", name: "reason", value, required: true, checked: isChosen, onchange }),
    text,
  );
}

function withResolver() {
  let resolve;
  const promise = new Promise((it) => {
    resolve = it;
  });
  return { promise, resolve };
}
