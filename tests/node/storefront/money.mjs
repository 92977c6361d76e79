// What the pages say of money and of orders that are over: nothing is "refunded" before the shop paid it.

import assert from "node:assert/strict";

import { ask, confirmationLink, guestOrder, importOrder, orderOfAnna, orderOfGuest, paid } from "../shop.mjs";
import { cancelButton, shown, signIn } from "./customer.mjs";

const OWED = `{ obligations(first: 100) { items { id order { order { number } } } } }`;
const SETTLE = `mutation Settle($id: ID!) {
  settleObligation(input: { id: $id, note: "by transfer" }) { user_errors { message } }
}`;
const CANCEL = `mutation CancelAsAdmin($id: ID!) {
  cancelOrderAsAdmin(input: { order_id: $id, reason: "Other" }) { user_errors { message } }
}`;
const CREDIT = `mutation Credit($id: ID!) {
  createCreditMemo(input: { order_id: $id }) { user_errors { message } }
}`;

/** Says that all the money that the order owes was paid. */
export async function settle(address, token, number) {
  const { obligations } = await ask(address, token, OWED);
  const own = obligations.items.filter(({ order }) => order.order.number === number);
  assert.ok(own.length > 0, `${number} owes money`);
  for (const { id } of own) await carriedOut(address, token, SETTLE, { id });
}

async function toldByLink(page, site, order, number) {
  await page.goto(confirmationLink(site, order));
  await shown(page, `Order ${number}`);
  return page.getByRole("article").getByRole("status").innerText();
}

async function carriedOut(address, token, mutation, variables) {
  const [{ user_errors: errors }] = Object.values(await ask(address, token, mutation, variables));
  assert.deepEqual(errors, []);
}

/** Items, credit memos and the history of a paid order: first the money is on its way, then it was refunded. */
export async function refundsAreToldAsTheyAre(page, { site, address, staffToken }) {
  const number = "MONEY-51";
  await importOrder(address, staffToken, paid(orderOfAnna(number)));
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  const told = await page.getByRole("article").getByRole("status").innerText();
  assert.match(told, /is canceled.+You will be refunded \$10\.00/s);
  const article = () => page.getByRole("article").innerText();
  await page.getByText("1 to be refunded").waitFor();
  assert.doesNotMatch(await article(), /1 refunded|were refunded|shop refunded/, "nothing was paid yet");

  await settle(address, staffToken, number);
  await page.reload();
  await shown(page, `Order ${number}`);
  await page.getByText("1 refunded").waitFor();
  await page.getByText("You were refunded $10.00.").waitFor();
  await page.getByText("The shop refunded $10.00.").waitFor();
  assert.doesNotMatch(await article(), /to be refunded|will be refunded/, "all is paid");
}

/** The link of a canceled order, opened before and after the money was paid. */
export async function oldLinksTellWhatBecameOfTheMoney(page, { site, address, staffToken }) {
  const number = "MONEY-52";
  await importOrder(address, staffToken, paid(orderOfGuest(number)));
  const order = await guestOrder(address, number);
  await carriedOut(address, staffToken, CANCEL, { id: order.id });
  const before = await toldByLink(page, site, order, number);
  assert.match(before, /MONEY-52 is canceled.+“Closed”.+You will be refunded \$10\.00/s);
  await settle(address, staffToken, number);
  const after = await toldByLink(page, site, order, number);
  assert.match(after, /MONEY-52 is canceled.+“Closed”.+You were refunded \$10\.00/s);
}

/** An order that staff refunded was not canceled, and the page does not say so. */
export async function refundedOrdersAreNotCalledCanceled(page, { site, address, staffToken }) {
  const number = "MONEY-53";
  await importOrder(address, staffToken, paid(orderOfGuest(number)));
  const order = await guestOrder(address, number);
  await carriedOut(address, staffToken, CREDIT, { id: order.id });
  const told = await toldByLink(page, site, order, number);
  assert.match(told, /Nothing of order MONEY-53 is left to cancel.+“Closed”.+You will be refunded \$10\.00/s);
  assert.ok(!/is canceled/.test(told), told);
}
