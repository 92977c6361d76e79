// Amounts, dates and addresses in the shop's way of writing.

let locale = "en-US";

/** From now on, everything is written as in `newLocale`. */
export function writeAsIn(newLocale) {
  [locale = "en-US"] = Intl.NumberFormat.supportedLocalesOf([newLocale]);
}

export function money({ value, currency }) {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
}

/** Shown as an amount that is taken off. */
export function moneyOff({ value, currency }) {
  return money({ value: -value, currency });
}

export function quantity(value) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(value);
}

/** `2026-11-22 20:07:31`, the shop's own wall clock: it must not move to the shopper's time zone. */
export function date(text) {
  return written(text, { dateStyle: "long" });
}

/** In as little room as possible. */
export function shortDate(text) {
  return written(text, { dateStyle: "medium" });
}

export function dateAndTime(text) {
  return written(text, { dateStyle: "medium", timeStyle: "short" });
}

/** The lines of an address. */
export function addressLines(address) {
  const region = address.region?.region ?? (typeof address.region === "string" ? address.region : undefined);
  const place = [address.city, region].filter(Boolean).join(", ");
  return [
    [address.firstname, address.lastname].filter(Boolean).join(" "),
    address.company,
    ...(address.street ?? []),
    [place, address.postcode].filter(Boolean).join(" "),
    address.country_code && country(address.country_code),
    address.telephone,
  ].filter(Boolean);
}

function country(code) {
  return new Intl.DisplayNames([locale], { type: "region" }).of(code);
}

function written(text, style) {
  const instant = new Date(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(instant.getTime())) return text;
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" }).format(instant);
}
