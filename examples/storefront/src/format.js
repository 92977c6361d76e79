// Writes amounts, dates and addresses in the shop's locale.

let locale = "en-US";

/** Sets the locale in which amounts and dates are written. */
export function writeAsIn(newLocale) {
  [locale = "en-US"] = Intl.NumberFormat.supportedLocalesOf([newLocale]);
}

export function money({ value, currency }) {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
}

/** An amount with a minus sign, such as a discount. */
export function moneyOff({ value, currency }) {
  return money({ value: -value, currency });
}

export function quantity(value) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(value);
}

/** A time such as `2026-11-22 20:07:31` in the shop's time zone; it is not converted to the shopper's time zone. */
export function date(text) {
  return written(text, { dateStyle: "long" });
}

/** Texts as a list: `a, b and c`. */
export function list(texts) {
  return new Intl.ListFormat(locale).format(texts);
}

/** The date without the time of day. */
export function shortDate(text) {
  return written(text, { dateStyle: "medium" });
}

export function dateAndTime(text) {
  return written(text, { dateStyle: "medium", timeStyle: "short" });
}

/** A time such as `2026-11-22 20:07:31` in UTC, written in the shopper's time zone, with the name of the zone. */
export function moment(text) {
  const instant = new Date(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(instant.getTime())) return text;
  const day = { year: "numeric", month: "short", day: "numeric" };
  const time = { hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(instant);
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
