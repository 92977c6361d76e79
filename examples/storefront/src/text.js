// Texts from the shop. Adobe Commerce, and so Countermand, escapes what a person typed for HTML: `Anna&#039;s`.

const NAMES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi;

/**
 * The text that a person typed: `Anna's`.
 *
 * Each reference is read once, so `&amp;lt;` is `&lt;`. The result is inserted as text, never as markup.
 */
export function decoded(text) {
  return text.replace(REFERENCE, (reference, decimal, hexadecimal, name) => {
    if (name) return NAMES[name.toLowerCase()];
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}

/** An answer of the shop with each text in it decoded. */
export function withTextsDecoded(value) {
  if (typeof value === "string") return decoded(value);
  if (Array.isArray(value)) return value.map(withTextsDecoded);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withTextsDecoded(part)]));
}
