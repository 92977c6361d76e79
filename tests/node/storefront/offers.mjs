// What the shop offers of an order that it does not cancel as a whole and at once: the rest beside a special item, a
// request, and a word on why not and until when.

import assert from "node:assert/strict";

import en from "../../../examples/storefront/src/languages/en.js";
import nl from "../../../examples/storefront/src/languages/nl.js";
import sv from "../../../examples/storefront/src/languages/sv.js";
import {
  ANNA,
  carriedOut,
  CUSTOMERS,
  guestOrder,
  idsOf,
  importOrder,
  orderOfAnna,
  orderOfGuest,
  paid,
  setRules,
  teaAndCup,
} from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { shown, signIn } from "./customer.mjs";
import { openDialog, part, statusOf, wishesOf } from "./items.mjs";
import { aYear, signInAs } from "./subscriptions.mjs";

/** The store views: language, code, id, currency and customer. */
const VIEWS = [
  [en, "default", 1, "USD", ANNA],
  [nl, "nl", 3, "EUR", CUSTOMERS.nl],
  [sv, "sv", 4, "SEK", CUSTOMERS.sv],
];
const PACK = `mutation Pack($id: ID!, $items: [OrderLineInput!]) {
  startFulfilment(input: { order_id: $id, items: $items }) { user_errors { message } }
}`;
const DECLINE = `mutation Decline($id: ID!, $reason: String!) {
  declineCancellationRequest(input: { order_id: $id, reason: $reason }) { user_errors { message } }
}`;

/**
 * An order without `CANCEL` still offers the items beside its subscription, in lists too, and they are always named.
 */
export async function theRestBesideASubscriptionIsCanceled(page, { site, address, staffToken }) {
  const number = "OFFER-11";
  const order = orderOfAnna(number, teaAndCup());
  order.items[1].extension_attributes = aYear(number);
  await importOrder(address, staffToken, paid(order));
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, site);
  const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: `Order ${number}` }) });
  await row.getByRole("button", { name: `Cancel order: ${number}` }).waitFor();
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  await page.getByText("An item of the order is a subscription. End the subscription in the list").waitFor();
  const wishes = wishesOf(page);
  const dialog = await openDialog(page);
  assert.equal(await dialog.getByRole("checkbox").count(), 1, "the subscription is not offered");
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Cancel the selected items" }).click();
  assert.equal(
    await statusOf(page),
    part("These items of order OFFER-11 are canceled: 3 × Tea.", "You will be refunded $30.00."),
  );
  assert.deepEqual(wishes[0].items.map(({ quantity }) => quantity), [3]);
}

/** Packed units are asked for, and the others are canceled at once: the dialog follows what is chosen. */
export async function packedUnitsAreRequested(page, { site, address, staffToken }) {
  const number = "OFFER-21";
  await importOrder(address, staffToken, paid(orderOfAnna(number, teaAndCup())));
  const { id, items } = await idsOf(address, staffToken, number);
  const packed = items.map((item) => ({ item_id: item, quantity: 1 }));
  await carriedOut(address, staffToken, PACK, { id, items: packed });
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  await page.getByText("The shipping process has begun.").waitFor();
  const requests = requestsOf(page);
  const dialog = await openDialog(page);
  await dialog.getByRole("heading", { name: `Ask the shop to cancel order ${number}?` }).waitFor();
  const tea = dialog.getByLabel("Quantity of Tea");
  assert.equal(await tea.inputValue(), "3", "what is packed can be asked for");
  await dialog.getByLabel("Cup").uncheck();
  await tea.fill("2");
  await dialog.getByRole("button", { name: "Cancel the selected items" }).waitFor();
  await tea.fill("3");
  await dialog.getByLabel("Other").check();
  await dialog.getByLabel("Comment").fill("Please stop it.");
  await dialog.getByRole("button", { name: "Ask the shop to cancel" }).click();
  assert.match(await statusOf(page), /^The shop has your request to cancel order OFFER-21/);
  await page.getByText("3 requested to cancel").waitFor();
  assert.equal(requests.length, 1);
  assert.deepEqual(requests[0].items, [{ item_id: items[0], quantity: 3 }]);
  assert.equal(requests[0].comment, "Please stop it.");

  await page.getByRole("button", { name: "Take the request back" }).click();
  await page.getByText("is taken back. Nothing is canceled.").waitFor();
  const wishes = wishesOf(page);
  await openDialog(page);
  await dialog.getByLabel("Cup").uncheck();
  await tea.fill("2");
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Cancel the selected items" }).click();
  assert.equal(
    await statusOf(page),
    part("These items of order OFFER-21 are canceled: 2 × Tea.", "You will be refunded $20.00."),
  );
  assert.equal(wishes.length, 1, "units that are not packed need no request");
}

/** A guest asks for packed units with the page alone: no link in a mail cancels them. */
export async function packedUnitsOfGuestsAreRequested(page, { site, address, staffToken }) {
  const number = "OFFER-31";
  const shippable = { ...teaAndCup(), subtotal: 7, grand_total: 7, base_grand_total: 7 };
  await importOrder(address, staffToken, orderOfGuest(number, { ...shippable, items: [shippable.items[1]] }));
  const { id, token } = await guestOrder(address, number);
  await carriedOut(address, staffToken, PACK, { id });
  await page.goto(`${site}/#/guest/${token}`);
  await shown(page, `Order ${number}`);
  const dialog = await openDialog(page);
  await dialog.getByText("The shop decides whether it cancels what you chose").waitFor();
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Ask the shop to cancel" }).click();
  assert.match(await statusOf(page), /^The shop has your request to cancel order OFFER-31/);
}

/** Under the head of an order: the deadline of a certain cancellation, and why it is not certain any more. */
export async function pagesTellUntilWhenAndWhyNot(page, { site, address, staffToken, settings }) {
  const on = { state: "holded", status: "holded", hold_before_state: "new", hold_before_status: "pending" };
  const old = { created_at: "2026-01-01 10:00:00", updated_at: "2026-01-01 10:00:00" };
  const said = [
    ["The order is on hold. Ask the shop to release", "The time in which you could cancel the order is over. Request"],
    ["De bestelling staat in de wacht. Vraag de winkel", "De tijd waarin je de bestelling kon annuleren is voorbij. Vraag"],
    ["Ordern är pausad. Be butiken", "Tiden då du kunde annullera ordern är över. Begär"],
  ];
  for (const [index, view] of VIEWS.entries()) {
    const [language, code] = view;
    await settings({ code, enabled: true });
    await setRules(address, staffToken, { window: "30" }, code);
    await signInAs(page, site, language, view.at(-1));
    const told = async (name, change) => {
      const number = `OFFER-${code}-${name}`;
      await importOrder(address, staffToken, orderOfView(number, view, change));
      await page.goto(`${site}/?store=${code}#/orders/${number}`);
      await shown(page, language.order(number));
      await isAccessible(page);
      return page.locator(".terms-note").innerText();
    };
    const [held, late] = said[index];
    const until = await told(41, {});
    assert.ok(until.startsWith(language.cancelUntil("").slice(0, -1)), until);
    assert.match(until, /2031.*10[:.]30/);
    const hold = await told(42, on);
    assert.ok(hold.startsWith(held), hold);
    assert.equal(await cancelOf(page, language).count(), 0);
    const over = await told(43, old);
    assert.ok(over.startsWith(late), over);
    await cancelOf(page, language).waitFor();
    await setRules(address, staffToken, { window: null }, code);
  }
}

/** The list, the items and the order say that a cancellation is requested, and then what the shop decided and why. */
export async function requestsAreFollowedToTheirDecision(page, { site, address, staffToken, settings }) {
  for (const view of VIEWS) {
    const [language, code] = view;
    const number = `OFFER-${code}-51`;
    await settings({ code, enabled: true });
    await setRules(address, staffToken, { mode: "REQUEST", request_deadline: "24" }, code);
    await importOrder(address, staffToken, orderOfView(number, view));
    await signInAs(page, site, language, view.at(-1));
    const open = () => page.goto(`${site}/?store=${code}#/orders/${number}`);
    await open();
    await shown(page, language.order(number));
    const dialog = await openDialog(page, language);
    await dialog.getByLabel("Cup").uncheck();
    await dialog.getByRole("radio").last().check();
    await dialog.getByRole("button", { name: language.askToCancel }).click();
    await statusOf(page);
    await page.getByText(language.cancellationRequested("3")).waitFor();

    const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: language.order(number) }) });
    const inList = async (status) => {
      await page.goto(`${site}/?store=${code}#/orders`);
      await row.getByText(language.requestStatuses[status], { exact: true }).waitFor();
      await isAccessible(page);
      await open();
      await shown(page, language.order(number));
    };
    await inList("OPEN");
    const due = language.decidesBy("").replace(/\W+$/u, "");
    assert.ok((await statusOf(page)).includes(due), "the page says by when the shop decides");
    const { id } = await idsOf(address, staffToken, number);
    await carriedOut(address, staffToken, DECLINE, { id, reason: "Made <b>for</b> you." });
    await inList("DECLINED");
    await page.reload();
    await shown(page, language.order(number));
    const decided = await statusOf(page);
    assert.equal(decided, `${language.decisions.DECLINED}\n\n${language.shopSays("Made <b>for</b> you.")}`);
    await setRules(address, staffToken, { mode: null, request_deadline: null }, code);
  }
  await page.goto(site);
}

/** An order of `teaAndCup` by the customer of the store view. */
function orderOfView(number, [, , store, currency, { email }], change) {
  const money = { order_currency_code: currency, base_currency_code: store === 1 ? "USD" : "EUR" };
  const buyer = store === 1 ? {} : { store_id: store, customer_email: email, customer_id: 70 + store };
  return orderOfAnna(number, { ...teaAndCup(), ...buyer, ...money, ...change });
}

function cancelOf(page, { cancelOrder }) {
  return page.getByRole("article").getByRole("button", { name: cancelOrder });
}

/** The inputs of each request that the page sends from now on. */
function requestsOf(page) {
  const inputs = [];
  page.on("request", (request) => {
    const { query, variables } = request.postDataJSON() ?? {};
    if (query?.startsWith("mutation AskForCancellation(")) inputs.push(variables.input);
  });
  return inputs;
}
