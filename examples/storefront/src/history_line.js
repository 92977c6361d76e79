// The lines that the shop itself writes into an order's history. They are English, and the page says them in its own
// language. All other lines were written by people, or are reasons, and stay as they are.

import { money } from "./format.js";
import { words } from "./language.js";

const MAIL_SENT = "Order cancellation notification email was sent.";
const MAIL_FAILED = "Email notification failed.";
const KEY_SENT = "Order cancellation confirmation key was sent via email.";
const AMOUNT = /^(\D*)(\d[\d,]*(?:\.\d+)?)$/;

/** The line in the language of the page. `currency` is the order's, in which the shop writes amounts. */
export function historyLine(message, currency) {
  const { historyLines: own } = words;
  switch (message) {
    case MAIL_SENT:
      return own.mailSent;
    case MAIL_FAILED:
      return own.mailFailed;
    case KEY_SENT:
      return own.keySent;
  }
  const told = (pattern, text) => {
    const amount = amountIn(pattern.exec(message)?.[1], currency);
    return amount && text(amount);
  };
  return (
    told(/^We refunded (.+)\.$/, own.refunded) ??
    told(/^We released the (.+) that were reserved for the payment\.$/, own.released) ??
    message
  );
}

/** Whether the line is one that only a cancellation leaves. */
export function isOfCancellation(message) {
  return message === MAIL_SENT || message === MAIL_FAILED;
}

/** An amount of `currency` such as `$1,234.50`, written as the page writes amounts; none when the text is no such amount. */
function amountIn(text, currency) {
  const [, sign, digits] = (text && AMOUNT.exec(text)) || [];
  const isOwn = digits && signsOf(currency).includes(sign.trim());
  return isOwn ? money({ value: Number(digits.replaceAll(",", "")), currency }) : undefined;
}

/** What can stand before an amount of a currency in English: `€`, `CA$` or `$`, `kr`, or the code. */
function signsOf(currency) {
  const signs = ["symbol", "narrowSymbol"].map((currencyDisplay) => {
    const format = new Intl.NumberFormat("en-US", { style: "currency", currency, currencyDisplay });
    return format.formatToParts(1).find((part) => part.type === "currency").value;
  });
  return [currency, ...signs];
}
