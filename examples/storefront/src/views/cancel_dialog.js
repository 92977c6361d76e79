// The dialog that asks for the reason of a cancellation, sends it, and shows the shop's answer.

import { BackendProblem } from "../backend.js";
import { element, notice } from "../element.js";
import { cancellationReasons } from "../shop.js";

/**
 * Asks for a reason and sends it.
 *
 * Returns `{ order }` when the order is canceled. Otherwise returns `{ isStale }`: whether the order must be read again,
 * because the shop refused the cancellation or its answer was lost.
 */
export async function askForReason({ title, question, submit, send }) {
  const { promise, resolve } = withResolver();
  const told = element("div");
  const choices = element("fieldset", {}, element("legend", {}, "Why?"), element("p", { class: "quiet" }, "Loading…"));
  const keep = element("button", { type: "button", value: "keep", onclick: () => dialog.close() }, "Keep the order");
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
    try {
      const reasons = await cancellationReasons();
      choices.replaceChildren(element("legend", {}, "Why?"), ...reasons.map(choice));
      choices.querySelector("input")?.focus();
      go.disabled = reasons.length === 0;
      if (!reasons.length) tell("The shop offers no reasons. Please contact it.");
    } catch (problem) {
      choices.hidden = true;
      tell(problem.message);
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
      tell(outcome.refusal ?? "The shop did not say what became of it.");
    } catch (problem) {
      isStale = true;
      // A request without an answer may have been carried out all the same.
      const unsure = problem instanceof BackendProblem && problem.category ? "" : " It may have worked all the same: look at the order first.";
      tell(`${problem.message}${unsure}`);
    }
    setBusy(false);
  }

  function setBusy(busy) {
    isBusy = busy;
    go.disabled = busy;
    keep.disabled = busy;
    go.textContent = busy ? "One moment…" : submit;
  }

  function tell(message) {
    told.replaceChildren(notice("bad", element("p", {}, message)));
    keep.textContent = "Close";
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

function choice(reason) {
  return element(
    "label",
    { class: "choice" },
    element("input", { type: "radio", name: "reason", value: reason, required: true }),
    reason,
  );
}

function withResolver() {
  let resolve;
  const promise = new Promise((it) => {
    resolve = it;
  });
  return { promise, resolve };
}
