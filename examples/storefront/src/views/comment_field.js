// What a buyer adds to a cancellation in their own words.

import { element } from "../element.js";
import { words } from "../language.js";

/** The longest comment that the shop takes, in characters. */
const LONGEST = 2000;
/** Control characters, and the marks that change the direction of other text: the shop refuses them. */
const UNSEEN = /(?![\n\r\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** What stands in for the field where the shop takes no comment. */
export const NO_COMMENT = { renew: () => {}, text: () => undefined };

/**
 * The field and what stands in it: `{ field, renew, text }`. `text()` is none when the field is empty. The label says
 * whether the shop takes the cancellation without a comment, as `isRequired()` tells; `renew()` asks it again.
 */
export function commentField(isRequired) {
  const label = element("label", { for: "field-comment" });
  const area = element("textarea", {
    id: "field-comment",
    name: "comment",
    rows: 2,
    maxlength: LONGEST,
    "aria-describedby": "field-comment-hint",
  });
  const field = element(
    "div",
    { class: "field" },
    label,
    area,
    element("p", { class: "hint", id: "field-comment-hint" }, words.commentHint),
  );
  renew();
  return { field, renew, text: () => area.value.replace(UNSEEN, "").trim() || undefined };

  function renew() {
    area.required = isRequired();
    label.textContent = area.required ? words.commentRequired : words.comment;
  }
}
