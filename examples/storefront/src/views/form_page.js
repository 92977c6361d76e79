// A page with one form: what was entered stays when the shop refuses it or does not answer.

import { BackendProblem } from "../backend.js";
import { element, heading, notice } from "../element.js";

/**
 * The page of a form.
 *
 * `send(data, tell)` sends it. `tell(notice, { isDone })` shows a message below the fields; `isDone` removes the form.
 */
export function formPage({ title, intro, fields, submit, send, after }) {
  const told = element("div");
  const button = element("button", { class: "filled" }, submit);
  const form = element("form", { class: "card", onsubmit: submitted }, fields, told, button);
  return {
    title,
    content: [
      element(
        "div",
        { class: "narrow" },
        heading(title),
        intro && element("p", { class: "quiet" }, intro),
        form,
        after,
      ),
    ],
  };

  async function submitted(event) {
    event.preventDefault();
    button.disabled = true;
    told.replaceChildren();
    try {
      await send(new FormData(form), tell);
    } catch (problem) {
      if (!(problem instanceof BackendProblem)) throw problem;
      tell(notice("bad", element("p", {}, problem.message)));
    } finally {
      button.disabled = false;
    }
  }

  function tell(message, { isDone = false } = {}) {
    if (isDone) form.replaceWith(message);
    else told.replaceChildren(message);
  }
}
