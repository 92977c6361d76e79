// A guest finds an order, asks to cancel it, and opens the link in the mail.

import assert from "node:assert/strict";

import { confirmationLink } from "../mails.mjs";
import { GUEST } from "../shop.mjs";
import { cancelButton, shown } from "./customer.mjs";

const TITLE = `Order ${GUEST.number}`;

async function search(page, site, { lastname = "", postcode = "" }) {
  await page.goto(`${site}/#/guest`);
  await shown(page, "Find an order");
  await page.getByLabel("Order number").fill(GUEST.number);
  await page.getByLabel("E-mail").fill(GUEST.email);
  await page.getByLabel("Last name").fill(lastname);
  await page.getByLabel("Postcode").fill(postcode);
  await page.getByRole("button", { name: "Find the order" }).click();
}

/** Found by postcode and by last name, canceled by the link, which works once. */
export async function guestCancels(page, { site, mailFolder }) {
  await search(page, site, { lastname: "Nobody" });
  await page.getByRole("alert").waitFor();
  await search(page, site, { postcode: GUEST.postcode });
  await shown(page, TITLE);
  await search(page, site, { lastname: GUEST.lastname });
  await shown(page, TITLE);

  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await page.getByRole("button", { name: "Send me the link" }).click();
  const told = await page.getByRole("article").getByRole("status").innerText();
  assert.match(told, new RegExp(`We sent a mail to ${GUEST.email}`));

  const link = await confirmationLink(mailFolder, GUEST.number);
  assert.ok(link.startsWith(`${site}/`), `the link leads to the storefront: ${link}`);
  const mailed = await page.context().newPage();
  let confirmations = 0;
  mailed.on("request", (request) => {
    if (request.postData()?.includes("confirmCancelOrder")) confirmations += 1;
  });
  await mailed.goto(link);
  await shown(mailed, TITLE);
  assert.match(await mailed.getByRole("article").getByRole("status").innerText(), /is canceled/);
  assert.equal(await cancelButton(mailed).count(), 0);
  const address = mailed.url();
  assert.ok(!/confirmation_key|action=/.test(address), `the key is gone from ${address}`);
  await mailed.reload();
  await shown(mailed, TITLE);
  assert.equal(await mailed.getByRole("alert").count(), 0, "a reload shows the order, and sends nothing");
  assert.equal(confirmations, 1);

  await mailed.goto(link);
  await shown(mailed, TITLE);
  assert.equal(await mailed.getByRole("alert").innerText(), "Order already closed, complete, cancelled or on hold");
  await mailed.goto(link.replace(/confirmation_key=[^&]*/, "confirmation_key="));
  assert.match(await mailed.getByRole("alert").innerText(), /not complete/);
  await mailed.close();
}
