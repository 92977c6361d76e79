// A status: the shop's own words, with a color for those that all Adobe shops start with.

import { element } from "../element.js";

const TONES = {
  pending: "waiting",
  "pending payment": "waiting",
  "on hold": "waiting",
  "suspected fraud": "waiting",
  processing: "moving",
  complete: "done",
  canceled: "over",
  closed: "over",
};

/** The merchant may have renamed or translated it: then it has no color, and still its words. */
export function statusBadge(label) {
  return element("span", { class: `badge ${TONES[label.toLowerCase()] ?? ""}` }, label);
}
