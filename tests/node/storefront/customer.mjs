// A customer signs in, reads her orders, and cancels what may be canceled.

import assert from "node:assert/strict";

import { ANNA, PAID, SHIPPED, UNPAID, importOrder, orderOfAnna } from "../shop.mjs";
import { canceledOrderLink } from "../mails.mjs";
import { isAccessible } from "./accessible.mjs";

export async function signIn(page, site) {
  await page.goto(`${site}/#/sign-in`);
  await shown(page, "Sign in");
  await signInHere(page);
  await shown(page, "My orders");
}

async function signInHere(page) {
  await page.getByLabel("E-mail").fill(ANNA.email);
  await page.getByLabel("Password").fill(ANNA.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits for the page with this heading. */
export async function shown(page, title) {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
}

/** The button that opens the dialog. */
export function cancelButton(page) {
  return page.getByRole("article").getByRole("button", { name: "Cancel order" });
}

async function openOrder(page, site, number) {
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
}

async function status(page) {
  return page.locator(".badge").innerText();
}

/**
 * The store view of the address, wrong password, list, pages, account; a token that the shop no longer knows leads back
 * to the sign-in.
 */
export async function customerReads(page, { site }) {
  await page.goto(`${site}/?store=nl`);
  await page.getByRole("link", { name: "Nederland" }).waitFor();

  await page.goto(site);
  await shown(page, "Sign in");
  await page.getByLabel("E-mail").fill(ANNA.email);
  await page.getByLabel("Password").fill("not-the-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.match(await page.getByRole("alert").innerText(), /sign-in was incorrect/);

  await signIn(page, site);
  await page.reload();
  await shown(page, "My orders");
  const first = page.getByRole("listitem").first();
  assert.match(await first.innerText(), /Order \d{9}.+(Pending|Processing).+\$\d/s);
  await page.getByRole("link", { name: "Older" }).click();
  await page.getByText(/^9 to 16 of \d+$/).waitFor();

  await page.getByRole("link", { name: "My account" }).click();
  await shown(page, "My account");
  await page.getByText(ANNA.email).waitFor();
  await page.getByRole("link", { name: /^All orders/ }).click();
  await shown(page, "My orders");

  const [key] = await page.evaluate(() => Object.keys(sessionStorage));
  const forge = () => page.evaluate((it) => sessionStorage.setItem(it, "forged"), key);
  await forge();
  await page.goto(`${site}/#/guest`);
  await page.reload();
  await shown(page, "Find an order");
  await forge();
  await page.goto(`${site}/#/orders/${PAID}`);
  await shown(page, "Sign in");
  await page.getByLabel("E-mail").fill(ANNA.email);
  await page.getByLabel("Password").fill(ANNA.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await shown(page, `Order ${PAID}`);
}

/** The browser's button "back" closes the open dialog and shows the page before. */
export async function goingBackClosesTheDialog(page, { site }) {
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  await page.goto(`${site}/#/orders/${UNPAID}`);
  await shown(page, `Order ${UNPAID}`);
  await cancelButton(page).click();
  await page.getByRole("dialog").waitFor();
  await page.goBack();
  await shown(page, "My orders");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** The page still shows the button; the shop refuses, says so, and the button goes. */
export async function staffSwitchesOff(page, { site, settings }) {
  await openOrder(page, site, UNPAID);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await settings({ enabled: false });
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  const refusal = await page.getByRole("dialog").getByRole("alert").innerText();
  assert.match(refusal, /does not let buyers cancel orders at the moment/);
  await page.getByRole("button", { name: "Close" }).click();
  await cancelButton(page).waitFor({ state: "detached" });
  assert.equal(await status(page), "Pending");
  await settings({ enabled: true });
}

/** No button on a shipped order; a paid one is refunded; an unpaid one is canceled with the keyboard alone. */
export async function customerCancels(page, { site }) {
  await openOrder(page, site, SHIPPED);
  assert.equal(await cancelButton(page).count(), 0, "a shipped order has no button");
  await page.getByText("2 shipped").waitFor();

  await openOrder(page, site, PAID);
  const total = await page
    .locator(".totals div", { hasText: /^Total/ })
    .locator("dd")
    .innerText();
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  const told = await page.getByRole("article").getByRole("status").innerText();
  assert.match(
    told,
    new RegExp(`Order ${PAID} is canceled.+“Closed”.+You will be refunded ${total.replace(/[$.]/g, "\\$&")}`, "s"),
  );
  await page.getByRole("heading", { name: /^Credit memo/ }).waitFor();
  await stays(page, PAID, "Closed");

  await openOrder(page, site, UNPAID);
  await cancelButton(page).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("radio").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await cancelButton(page).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("radio").first().waitFor();
  while (!(await page.locator("[type=radio]:focus").count())) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("radio", { checked: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("article").getByRole("status").waitFor();
  await stays(page, UNPAID, "Canceled");

  await page.getByRole("button", { name: "Sign out" }).click();
  await shown(page, "Sign in");
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "no token is left");
}

/** The button stands in the list of orders and among the recent orders of the account, and cancels there. */
export async function customerCancelsInLists(page, { site, address, staffToken, mailFolder }) {
  for (const [path, title, number] of [
    ["orders", "My orders", "LIST-11"],
    ["account", "My account", "LIST-12"],
  ]) {
    await importOrder(address, staffToken, orderOfAnna(number));
    // Another address loads the list anew.
    await page.goto(`${site}/#/guest`);
    await page.goto(`${site}/#/${path}`);
    await shown(page, title);
    const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: `Order ${number}` }) });
    await row.getByRole("button", { name: `Cancel order: ${number}` }).click();
    await page.getByLabel("Other").check();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
    assert.match(await row.getByRole("status").innerText(), new RegExp(`Order ${number} is canceled`));
    assert.equal(await row.locator(".badge").innerText(), "Canceled");
    assert.equal(await row.getByRole("button").count(), 0, "nothing is left to cancel");
    await isAccessible(page);
  }
  const shipped = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: `Order ${SHIPPED}` }) });
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  await shipped.waitFor();
  assert.equal(await shipped.getByRole("button").count(), 0, "a shipped order has no button");

  const mailed = await page.context().newPage();
  await mailed.goto(await canceledOrderLink(mailFolder, "LIST-11"));
  await shown(mailed, "Sign in");
  await signInHere(mailed);
  await shown(mailed, "My orders");
  await mailed.close();
}

/** The order stays canceled, also after the page is loaded again. */
async function stays(page, number, label) {
  for (const _ of ["now", "after a reload"]) {
    assert.equal(await status(page), label);
    assert.equal(await cancelButton(page).count(), 0, "nothing is left to cancel");
    await page.reload();
    await shown(page, `Order ${number}`);
  }
}
