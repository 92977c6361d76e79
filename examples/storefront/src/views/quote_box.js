// What comes back for what is chosen in the dialog: the shop's quote, which is read anew with each choice.

import { element } from "../element.js";
import { money, moneyOff } from "../format.js";
import { words } from "../language.js";

/** How long the box waits for the next choice before it asks, in milliseconds. */
const PAUSE = 250;

/**
 * The box, and what it shows: `{ box, renew, accepted }`. `renew(order, wish)` asks `quote` for a quote for the wish;
 * none as the wish shows none. `accepted()` waits for the answer, and gives the quote that is shown, or none.
 *
 * Without a quote the box is empty: the shop decides about the cancellation all the same.
 */
export function quoteBox(quote) {
  const box = element("div", { class: "quote", "aria-live": "polite" });
  let newest = Promise.resolve();
  let timer;
  let skipPause = () => {};
  return { box, renew, accepted };

  function renew(order, wish) {
    clearTimeout(timer);
    skipPause();
    const asked = wish ? afterPause().then(() => (asked === newest ? quote(wish) : undefined)) : Promise.resolve();
    newest = asked;
    asked.then(
      (it) => asked === newest && show(order, it),
      () => asked === newest && show(order, undefined),
    );
  }

  async function accepted() {
    clearTimeout(timer);
    skipPause();
    return newest.catch(() => undefined);
  }

  function afterPause() {
    return new Promise((resolve) => {
      skipPause = resolve;
      timer = setTimeout(resolve, PAUSE);
    });
  }

  function show(order, it) {
    box.replaceChildren(...(it ? quoted(order, it) : []));
  }
}

function quoted(order, quote) {
  const rows = linesOf(order, quote);
  const none = quote.tenders.length === 0 && element("p", { class: "quiet" }, words.nothingBack);
  const list = rows.length > 0 && element("dl", { class: "totals" }, rows);
  return [element("h3", {}, words.quoteTitle), list, none].filter(Boolean);
}

function linesOf({ items }, quote) {
  const names = new Map(items.map((item) => [item.product_sku, item.product_name]));
  const lines = [
    ...quote.items.map((item) => [names.get(item.product_sku) ?? item.product_sku, item.refund]),
    [words.shipping, quote.shipping_refund],
    [words.otherCharges, quote.other_charges_refund],
  ];
  const shown = lines.filter(([, amount]) => amount.value > 0).map(([name, amount]) => row(name, money(amount)));
  const fee = quote.fee.value > 0 ? [row(words.quotedFee, moneyOff(quote.fee))] : [];
  const unbilled = quote.canceled_total.value > 0 ? [row(words.notBilled, money(quote.canceled_total))] : [];
  const back = quote.tenders.map(({ tender, payment_method: method, amount }) =>
    row(words.backBy(tender === "CREDIT" ? words.giftCards : method), money(amount)),
  );
  return [...unbilled, ...shown, ...fee, ...back];
}

function row(name, amount) {
  return element("div", {}, element("dt", {}, name), element("dd", { class: "amount" }, amount));
}
