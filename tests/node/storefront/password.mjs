// A customer who forgot the password asks for a link, and chooses a new one.

import assert from "node:assert/strict";

import { passwordLink } from "../mails.mjs";
import { ANNA } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { shown } from "./customer.mjs";

const NEW = "Entirely-Other-2";

export async function customerChoosesANewPassword(page, { site, mailFolder }) {
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${site}/#/sign-in`);
  await shown(page, "Sign in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await shown(page, "Choose a new password");
  await page.getByLabel("E-mail").fill(ANNA.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  assert.match(await page.getByRole("status").innerText(), /a mail with a link is on its way/);
  await isAccessible(page);

  const link = await passwordLink(mailFolder);
  await page.goto(link);
  await shown(page, "Choose a new password");
  await page.getByText(`For the account of ${ANNA.email}.`).waitFor();
  await choose(page, "short");
  assert.match(await page.getByRole("alert").innerText(), /At least 8 characters/);
  await choose(page, NEW);
  assert.match(await page.getByRole("status").innerText(), /new password is saved/);
  await isAccessible(page);
  assert.ok(!/token=/.test(page.url()), `the token is gone from ${page.url()}`);

  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await shown(page, "Sign in");
  await page.getByLabel("E-mail").fill(ANNA.email);
  await page.getByLabel("Password").fill(NEW);
  await page.getByRole("button", { name: "Sign in" }).click();
  await shown(page, "My orders");

  await page.goto(link);
  await choose(page, `${NEW}-again`);
  assert.match(await page.getByRole("alert").innerText(), /link no longer works/);
  await page.getByRole("link", { name: "Ask for a new link" }).click();
  await page.getByRole("button", { name: "Send me a link" }).waitFor();
}

async function choose(page, password) {
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Save the password" }).click();
}
