// The lines that the shop itself writes into an order's history. They are English, and the page says them in its own
// language. All other lines were written by people, or are reasons, and stay as they are.

import { date, money, quantity } from "./format.js";
import { words } from "./language.js";

const MAIL_SENT = "Order cancellation notification email was sent.";
const MAIL_FAILED = "Email notification failed.";
const KEY_SENT = "Order cancellation confirmation key was sent via email.";
const ITEMS = /^Canceled items: (.+)\.$/;
const COUNT = /(^|, )(\d+(?:\.\d+)?) x /g;
const REQUEST_LINES = {
  "Cancellation requested.": "requested",
  "The cancellation request was approved.": "requestApproved",
  "The cancellation request was approved in part.": "requestApprovedInPart",
  "The cancellation request was declined.": "requestDeclined",
  "The cancellation request was withdrawn.": "requestWithdrawn",
  "The cancellation request came too late. The items can be sent back after delivery.": "requestTooLate",
};
const REQUESTED = /^Cancellation requested: (.+)$/s;
const DECLINED = /^The cancellation request was declined: (.+)$/s;
const SUBSCRIPTION_LINES = [
  [/^The subscription ends at (\d{4}-\d\d-\d\d): (.+)\.$/s, (own, [, day, name]) => own.subscriptionEnds(name, date(`${day} 00:00:00`))],
  [/^The subscription has ended: (.+)\.$/s, (own, [, name]) => own.subscriptionEnded(name)],
  [/^The subscription goes on: (.+)\.$/s, (own, [, name]) => own.subscriptionGoesOn(name)],
];
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
  if (Object.hasOwn(REQUEST_LINES, message)) return own[REQUEST_LINES[message]];
  const reason = REQUESTED.exec(message)?.[1];
  if (reason) return own.requestedFor(reason);
  const whyNot = DECLINED.exec(message)?.[1];
  if (whyNot) return own.requestDeclinedFor(whyNot);
  for (const [pattern, text] of SUBSCRIPTION_LINES) {
    const found = pattern.exec(message);
    if (found) return text(own, found);
  }
  const items = ITEMS.exec(message)?.[1];
  if (items) return own.canceledItems(items.replace(COUNT, counted));
  const told = (pattern, text) => {
    const amount = amountIn(pattern.exec(message)?.[1], currency);
    return amount && text(amount);
  };
  return (
    told(/^We refunded (.+)\.$/, own.refunded) ??
    told(/^The refund of (.+) was not carried out\.$/, own.notRefunded) ??
    told(/^A cancellation fee of (.+) is kept\.$/, own.feeKept) ??
    told(/^We released the (.+) that were reserved for the payment\.$/, own.released) ??
    message
  );
}

function counted(_, before, count) {
  return `${before}${quantity(count)} × `;
}

/** Whether the line is one that only a cancellation leaves. */
export function isOfCancellation(message) {
  return message === MAIL_SENT || message === MAIL_FAILED;
}

/** Whether the line is one that only the cancellation of a part of an order leaves. */
export function isOfPart(message) {
  return ITEMS.test(message);
}

/**
 * An amount of `currency` such as `$1,234.50`, written as the page writes amounts; none when the text is no such
 * amount.
 */
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
