// Which language each text on a page is in: a text is the dictionary's, an amount, a date, a country, or the shop's.

import assert from "node:assert/strict";

const LOCALES = { nl: "nl-NL", sv: "sv-SE" };
const VALUE = "\u0001";

/**
 * Every visible text of the page is the language's. `data` are texts of the shop and of the buyer, which are in no
 * language of the page.
 */
export async function speaksOnly(page, language, data) {
  const known = [...patternsOf(language), ...formatsOf(LOCALES[language.code])];
  const own = new Set(data);
  const foreign = (await textsOf(page)).filter((text) => !own.has(text) && !known.some((it) => it.test(text)));
  assert.deepEqual(foreign, [], `${page.url()} says what is not in ${language.code}`);
}

/** The texts of the page that can be seen or are read aloud. */
function textsOf(page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = document.title.split(" – ");
    while (walker.nextNode()) texts.push(walker.currentNode.data);
    for (const named of document.querySelectorAll("[aria-label]")) texts.push(named.getAttribute("aria-label"));
    return texts.map((text) => text.trim()).filter(Boolean);
  });
}

/** A pattern for each text of the dictionary; its values may be any text. */
function patternsOf(texts) {
  return Object.values(texts).flatMap((text) => {
    if (typeof text === "object") return patternsOf(text);
    const written = typeof text === "function" ? text(...Array.from({ length: text.length }, () => VALUE)) : text;
    return new RegExp(`^${escaped(written).replaceAll(VALUE, ".+")}$`, "u");
  });
}

/** Patterns for amounts, quantities, dates and times of the locale, and for the country of the tests' addresses. */
function formatsOf(locale) {
  const months = ["long", "short"].flatMap((month) =>
    Array.from({ length: 12 }, (_, index) =>
      new Intl.DateTimeFormat(locale, { day: "numeric", month, timeZone: "UTC" })
        .formatToParts(Date.UTC(2031, index))
        .find(({ type }) => type === "month").value,
    ),
  );
  const country = new Intl.DisplayNames([locale], { type: "region" }).of("US");
  const month = months.map(escaped).join("|");
  return [
    /^[−-]?(?:€\s)?[−-]?[\d.\s]*\d(?:,\d+)?(?:\s(?:kr|€))?$/u,
    new RegExp(`^\\d+ (?:${month}) \\d{4}(?:\\D{1,6}\\d\\d:\\d\\d(?::\\d\\d)?)?$`, "u"),
    /^\d+(?:,\d+)? × Gift$/u,
    new RegExp(`^${escaped(country)}$`, "u"),
  ];
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
