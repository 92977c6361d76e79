// The language of the pages: that of the store view, and the browser's until the shop has answered.

import { writeAsIn } from "./format.js";
import en from "./languages/en.js";
import nl from "./languages/nl.js";
import sv from "./languages/sv.js";

const LANGUAGES = [en, nl, sv];

/** The texts of the pages in the current language. Read them when a page is drawn, because the language may change. */
export let words = en;

/** What a refusal of the shop means; its own messages are English. A code without a text counts as the general one. */
export function refusalText(code) {
  return words.refusals[code] ?? words.refusals.UNDEFINED;
}

/**
 * Speaks the language of a locale such as `nl-NL`; English when there is no file for its language. Amounts and dates
 * are written in the same language.
 */
export function speak(locale) {
  const code = locale.split("-")[0].toLowerCase();
  const spoken = LANGUAGES.find((language) => language.code === code);
  words = spoken ?? en;
  writeAsIn(spoken ? locale : en.code);
  document.documentElement.lang = words.code;
}
