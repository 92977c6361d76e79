// A guest finds an order, asks to cancel it, and opens the link in the mail.

import assert from "node:assert/strict";

import { canceledOrderLink, confirmationLinks } from "../mails.mjs";
import { GUEST } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { cancelButton, shown } from "./customer.mjs";

const TITLE = `Order ${GUEST.number}`;

async function search(page, site, { lastname = "", postcode = "" }) {
  await page.goto(`${site}/#/guest`);
  await shown(page, "Find an order");
  await page.getByLabel("Order number").fill(GUEST.number);
  await page.getByLabel("E-mail").fill(GUEST.email);
  await page.getByLabel("Last name").fill(lastname);
  await page.getByLabel("Postcode").fill(postcode);
  await page.getByRole("button", { name: "Find an order" }).click();
}

/** Found by postcode and by last name; the button mails a link. */
export async function guestAsksToCancel(page, { site }) {
  await search(page, site, { lastname: "Nobody" });
  assert.match(await page.getByRole("alert").innerText(), /No order fits/);
  await search(page, site, { postcode: GUEST.postcode });
  await shown(page, TITLE);
  await search(page, site, { lastname: GUEST.lastname });
  await shown(page, TITLE);
  for (const _ of ["once", "and again, which replaces the first link"]) await requestLink(page);
  await isAccessible(page);
}

async function requestLink(page) {
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await page.getByRole("button", { name: "Send me the link" }).click();
  const told = await page.getByRole("article").getByRole("status").innerText();
  assert.match(told, new RegExp(`We sent a mail to ${GUEST.email}`));
}

/** Opening a link changes nothing; a superseded one says so; the newest one cancels, and shows that ever after. */
export async function guestOpensTheLinks(page, { site, mailFolder }) {
  const [older, newest] = await confirmationLinks(mailFolder, GUEST.number, 2);
  assert.ok(newest.startsWith(`${site}/sales/guest/view?`), `the link leads to the storefront: ${newest}`);
  const mailed = await page.context().newPage();
  let confirmations = 0;
  mailed.on("request", (request) => {
    if (request.postData()?.includes("confirmCancelOrder")) confirmations += 1;
  });
  const confirm = () => mailed.getByRole("article").getByRole("button", { name: "Confirm the cancellation" }).click();

  await mailed.goto(older);
  await mailed.getByRole("heading", { name: `Cancel what you chose of ${TITLE.toLowerCase()}?` }).waitFor();
  assert.equal(confirmations, 0, "opening a link cancels nothing");
  await confirm();
  assert.match(await mailed.getByRole("alert").innerText(), /no longer works.+newest mail/);
  await cancelButton(mailed).waitFor();
  await isAccessible(mailed);

  await mailed.goto(newest);
  await mailed.getByRole("heading", { name: `Cancel what you chose of ${TITLE.toLowerCase()}?` }).waitFor();
  await isAccessible(mailed);
  await mailed.getByRole("link", { name: "Keep the order" }).click();
  await cancelButton(mailed).waitFor();
  assert.ok(!/confirmation_key/.test(mailed.url()), "the shopper left the link");
  assert.equal(confirmations, 1);

  await mailed.goto(newest);
  await mailed.getByRole("heading", { name: `Cancel what you chose of ${TITLE.toLowerCase()}?` }).waitFor();
  await mailed.context().setOffline(true);
  await confirm();
  assert.match(await mailed.getByRole("alert").innerText(), /does not answer.+may have worked/s);
  const failed = mailed.waitForEvent("requestfailed");
  await mailed.getByRole("button", { name: "Try again" }).click();
  await failed;
  await mailed.getByText("does not answer").waitFor();
  await mailed.context().setOffline(false);
  await mailed.getByRole("button", { name: "Try again" }).click();
  await confirm();
  assert.match(await mailed.getByRole("article").getByRole("status").innerText(), /is canceled/);
  assert.equal(await cancelButton(mailed).count(), 0);
  const address = mailed.url();
  assert.ok(!/confirmation_key|action=/.test(address), `the key is gone from ${address}`);
  await mailed.reload();
  await shown(mailed, TITLE);
  assert.equal(await mailed.getByRole("alert").count(), 0, "a reload shows the order");
  const sent = confirmations;

  for (const link of [newest, older]) {
    await mailed.goto(link);
    await shown(mailed, TITLE);
    assert.match(await mailed.getByRole("article").getByRole("status").innerText(), /is canceled/);
    assert.equal(await mailed.getByRole("alert").count(), 0, "it is canceled already, and that is no failure");
  }
  assert.equal(confirmations, sent, "a canceled order is not canceled again");

  await mailed.goto(await canceledOrderLink(mailFolder, GUEST.number));
  await shown(mailed, TITLE);
  await mailed.goto(newest.replace(/confirmation_key=[^&]*/, "confirmation_key="));
  assert.match(await mailed.getByRole("alert").innerText(), /not complete/);
  await mailed.close();
}
