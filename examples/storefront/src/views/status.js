// A status in the shop's own words. The statuses that every Adobe shop begins with have a color.

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

/** A status that the merchant renamed or translated has its own words and no color. */
export function statusBadge(label) {
  return element("span", { class: `badge ${TONES[label.toLowerCase()] ?? ""}` }, label);
}
