// The dialog that asks for the reason of a cancellation, sends it, and shows the shop's answer.

import { element, notice } from "../element.js";
import { refusalText, words } from "../language.js";
import { cancellationReasons } from "../shop.js";

/**
 * Asks for a reason and sends it.
 *
 * Returns `{ order }` when the order is canceled. Otherwise returns `{ isStale }`: whether the order must be read
 * again, because the shop refused the cancellation or its answer was lost.
 */
export async function askForReason({ title, question, submit, send }) {
  const { promise, resolve } = withResolver();
  const told = element("div");
  const choices = element("fieldset", {}, element("legend", {}, words.why));
  const keep = element("button", { type: "button", value: "keep", onclick: () => dialog.close() }, words.keepOrder);
  const go = element("button", { class: "danger filled", disabled: true }, submit);
  const form = element(
    "form",
    { onsubmit: submitted },
    element("h2", { id: "dialog-title" }, title),
    element("p", {}, question),
    choices,
    told,
    element("div", { class: "buttons" }, keep, go),
  );
  const dialog = element("dialog", { "aria-labelledby": "dialog-title", onclose: closed, oncancel: unlessBusy }, form);
  let isStale = false;
  let isBusy = false;
  let order;

  // The browser's button "back" closes the dialog.
  const leaving = new AbortController();
  addEventListener("hashchange", () => dialog.close(), { signal: leaving.signal });
  document.body.append(dialog);
  dialog.showModal();
  await offerReasons();
  return promise;

  async function offerReasons() {
    told.replaceChildren();
    const legend = element("legend", {}, words.why);
    choices.replaceChildren(legend, element("p", { class: "quiet" }, words.loading));
    try {
      const reasons = await cancellationReasons();
      choices.replaceChildren(legend, ...reasons.map(choice));
      choices.querySelector("input")?.focus();
      go.disabled = reasons.length === 0;
      if (!reasons.length) tell(words.noReasons);
    } catch (problem) {
      choices.replaceChildren(legend);
      tell(problem.message, element("button", { type: "button", onclick: offerReasons }, words.tryAgain));
    }
  }

  async function submitted(event) {
    event.preventDefault();
    setBusy(true);
    try {
      const outcome = await send(new FormData(form).get("reason"));
      order = outcome.refusal ? undefined : outcome.order;
      isStale = true;
      if (order) return dialog.close();
      tell(outcome.refusal ? refusalText(outcome.refusal) : words.unclear);
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
    go.textContent = busy ? words.oneMoment : submit;
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
    resolve(order ? { order } : { isStale });
  }
}

function choice({ value, text }) {
  return element(
    "label",
    { class: "choice" },
    element("input", { type: "radio", name: "reason", value, required: true }),
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
