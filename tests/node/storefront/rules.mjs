// The merchant's rules about cancellations: what the dialog and the link in a mail say of them.

import assert from "node:assert/strict";

import { confirmationLinks } from "../mails.mjs";
import {
  confirmationLink,
  guestOrder,
  importOrder,
  orderOfAnna,
  orderOfGuest,
  paid,
  setRules,
  teaAndCup,
} from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { cancelButton, shown, signIn } from "./customer.mjs";
import { historyHas, openDialog, part, statusOf, wishesOf } from "./items.mjs";

const NO_RULES = { unshipped_rest: null, fee: null, comment_required: null, mode: null };

/** A part is shipped and stays, the shop keeps a fee, and it wants a comment. */
export async function theShopsRulesAreTold(page, { site, address, staffToken }) {
  const number = "RULES-91";
  const order = paid(orderOfAnna(number, teaAndCup()));
  const [tea, cup] = order.items;
  await importOrder(address, staffToken, { ...order, items: [{ ...tea, qty_shipped: 1 }, cup] });
  await setRules(address, staffToken, { unshipped_rest: "true", fee: "10%", comment_required: "customer, guest" });
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const wishes = wishesOf(page);
  const dialog = await openDialog(page);
  await dialog.getByRole("heading", { name: `Cancel items of order ${number}?` }).waitFor();
  await dialog.getByText("The shop may keep a fee of up to $2.70.").waitFor();
  assert.equal(await dialog.getByLabel("Quantity of Tea").inputValue(), "2", "one is shipped");
  await dialog.getByLabel("Other").check();
  const send = () => dialog.getByRole("button", { name: "Cancel the selected items" }).click();
  await send();
  const comment = dialog.getByLabel("Comment (required)");
  assert.ok(await comment.evaluate((field) => field.matches(":invalid") && field === document.activeElement));
  await comment.fill("Too late");
  await send();
  assert.equal(
    await statusOf(page),
    part("These items of order RULES-91 are canceled: 2 × Tea and 1 × Cup <b>.", "You will be refunded $24.30."),
  );
  await historyHas(page, "The shop keeps a cancellation fee of $2.70.");
  assert.equal(wishes.at(-1).items, undefined, "all that can be canceled needs no items");
  await setRules(address, staffToken, NO_RULES);
}

/** The fee on the page that confirms, and why a link that came before the rule cancels no more. */
export async function linksTellTheRulesOfTheShop(page, { site, address, staffToken }) {
  const number = "RULES-92";
  const placed = { created_at: "2026-01-01 10:00:00", updated_at: "2026-01-01 10:00:00" };
  await importOrder(address, staffToken, paid(orderOfGuest(number, { ...teaAndCup(), ...placed })));
  const link = confirmationLink(site, await guestOrder(address, number));
  await setRules(address, staffToken, { fee: "5.00" });
  await page.goto(link);
  await page.getByText("The shop may keep a fee of up to $5.00.").waitFor();
  await setRules(address, staffToken, { ...NO_RULES, window: "1", after_window: "NONE" });
  await page.goto(link);
  assert.match(await page.getByRole("article").getByRole("alert").innerText(), /^The time in which .+ is over/);
  await setRules(address, staffToken, { ...NO_RULES, window: null, after_window: null });
}

/** One reason needs a comment, and the other one does not: the label says so as soon as the reason is chosen. */
export async function aReasonThatNeedsACommentSaysSo(page, { site, address, staffToken, settings }) {
  const number = "RULES-97";
  const defect = { code: "defect", description: "Something else", needs_comment: true };
  await settings({ reasons: [defect, { code: "other", description: "Other" }] });
  await importOrder(address, staffToken, orderOfAnna(number, teaAndCup()));
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const wishes = wishesOf(page);
  const dialog = await openDialog(page);
  await dialog.getByLabel("Comment (optional)").waitFor();
  await dialog.getByLabel("Something else").check();
  const comment = dialog.getByLabel("Comment (required)");
  await comment.waitFor();
  await isAccessible(page);
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  assert.ok(await comment.evaluate((field) => field.matches(":invalid")), "the browser asks for the comment");
  assert.equal(wishes.length, 0, "nothing was sent");
  await dialog.getByLabel("Other").check();
  await dialog.getByLabel("Comment (optional)").waitFor();
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  assert.match(await statusOf(page), /Order RULES-97 is canceled/);
  assert.equal(wishes.length, 1);
}

/** Where staff decides, nothing is canceled yet, and the pages say so: to a customer, and to a guest with a link. */
export async function requestsAreNotCalledCancellations(page, { site, address, staffToken, mailFolder }) {
  const [number, guestNumber] = ["RULES-94", "RULES-95"];
  await setRules(address, staffToken, { mode: "REQUEST" });
  await importOrder(address, staffToken, orderOfAnna(number, teaAndCup()));
  await importOrder(address, staffToken, orderOfGuest(guestNumber, teaAndCup()));
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const dialog = await openDialog(page);
  await dialog.getByRole("heading", { name: `Ask the shop to cancel order ${number}?` }).waitFor();
  await dialog.getByText("The shop decides whether it cancels").waitFor();
  await dialog.getByLabel("Cup").uncheck();
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Ask the shop to cancel" }).click();
  const told = await statusOf(page);
  assert.match(told, /^The shop has your request to cancel order RULES-94.+Until then nothing changes\.$/s);
  await historyHas(page, "You asked the shop to cancel: Other");
  assert.equal(await cancelButton(page).count(), 0, "the request is open");
  await page.reload();
  await shown(page, `Order ${number}`);
  assert.match(await statusOf(page), /has a request to cancel this order already/);
  await isAccessible(page);
  await withdrawButton(page).click();
  await page.getByText("Your request to cancel order RULES-94 is taken back. Nothing is canceled.").waitFor();
  await cancelButton(page).waitFor();
  assert.equal(await withdrawButton(page).count(), 0, "no request is open");
  await historyHas(page, "The request to cancel was taken back.");

  const { token } = await guestOrder(address, guestNumber);
  await page.goto(`${site}/#/guest/${token}`);
  await shown(page, `Order ${guestNumber}`);
  await openDialog(page);
  await dialog.getByText(/the shop decides whether it cancels/).waitFor();
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Send me the link" }).click();
  assert.match(await statusOf(page), /Open the link in it to ask the shop to cancel/);
  const [link] = await confirmationLinks(mailFolder, guestNumber, 1);
  await page.goto(link);
  await page.getByRole("button", { name: "Ask the shop to cancel" }).click();
  assert.match(await statusOf(page), /^The shop has your request to cancel order RULES-95/);
  await page.goto(link);
  const why = await page.getByRole("article").getByRole("alert").innerText();
  assert.match(why, /has a request to cancel this order already/);

  await page.goto(`${site}/#/guest/${token}`);
  await shown(page, `Order ${guestNumber}`);
  await withdrawButton(page).click();
  assert.match(await page.getByRole("article").getByRole("alert").innerText(), /confirmed the request with the link/);
  await page.goto(link);
  await withdrawButton(page).click();
  await page.getByText("Your request to cancel order RULES-95 is taken back.").waitFor();
  await setRules(address, staffToken, NO_RULES);
}

/** The dialog shows what comes back and sends the quote; the reason is optional where the shop says so. */
export async function theQuoteIsShownBeforeTheCancellation(page, { site, address, staffToken, settings }) {
  const number = "RULES-96";
  const late = { code: "late", description: "Too late", sellers_fault: true };
  await settings({ reasons: [late, { code: "other", description: "Other" }] });
  await importOrder(address, staffToken, paid(orderOfAnna(number, teaAndCup())));
  await setRules(address, staffToken, { fee: "10%", reason_required: "staff" });
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const wishes = wishesOf(page);
  const dialog = await openDialog(page);
  const quote = dialog.locator(".quote");
  const lines = async () => (await quote.locator("dl").innerText()).replace(/\s+/g, " ");
  await quote.getByText("$33.30").waitFor();
  const all = "Tea $30.00 Cup <b> $7.00 Cancellation fee -$3.70 Back by Check / Money order $33.30";
  assert.equal((await lines()).replace("−", "-"), all);
  await isAccessible(page);
  await dialog.getByText("It is canceled as a whole and at once.", { exact: true }).waitFor();
  assert.ok(!/will be refunded/.test(await dialog.innerText()), "only the quote says what comes back");
  assert.ok(await dialog.getByLabel("I give no reason").isChecked());
  await dialog.getByLabel("Too late").check();
  await quote.getByText("Cancellation fee").waitFor({ state: "detached" });
  await quote.getByText("$37.00").waitFor();
  await dialog.getByLabel("I give no reason").check();
  await dialog.getByLabel("Cup").uncheck();
  await quote.getByText("$27.00").waitFor();

  await setRules(address, staffToken, { fee: "20%" });
  const send = () => dialog.getByRole("button", { name: "Cancel the selected items" }).click();
  await send();
  assert.match(await dialog.getByRole("alert").innerText(), /The amounts have changed/);
  await quote.getByText("$24.00").waitFor();
  await send();
  assert.equal(
    await statusOf(page),
    part("These items of order RULES-96 are canceled: 3 × Tea.", "You will be refunded $24.00."),
  );
  assert.ok(wishes.at(-1).quote, "the quote is sent");
  assert.equal(wishes.at(-1).reason, "");
  await setRules(address, staffToken, { ...NO_RULES, reason_required: null });
}

function withdrawButton(page) {
  return page.getByRole("article").getByRole("button", { name: "Take the request back" });
}
