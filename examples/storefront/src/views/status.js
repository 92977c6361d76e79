// A status in the shop's own words. The statuses that every Adobe shop begins with have a color. And the status of the
// last request for a cancellation.

import { element } from "../element.js";
import { words } from "../language.js";

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

/** How far the last request for a cancellation is, in a few words; none without one that a shop decides or decided. */
export function requestNote({ cancellation_request: request }) {
  const text = words.requestStatuses[request?.status];
  return text && element("p", { class: "quiet small" }, text);
}
