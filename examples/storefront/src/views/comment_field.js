// What a buyer adds to a cancellation in their own words.

import { element } from "../element.js";
import { words } from "../language.js";

/** The longest comment that the shop takes, in characters. */
const LONGEST = 2000;
/** Control characters, and the marks that change the direction of other text: the shop refuses them. */
const UNSEEN = /(?![\n\r\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** The field and what stands in it: `{ field, comment }`. `comment()` is none when the field is empty. */
export function commentField() {
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
    element("label", { for: "field-comment" }, words.comment),
    area,
    element("p", { class: "hint", id: "field-comment-hint" }, words.commentHint),
  );
  return { field, comment: () => area.value.replace(UNSEEN, "").trim() || undefined };
}
