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
  await refusesItself(page, "Entirely-Other-2 ", /begins or ends with a space/);
  await refusesItself(page, "Entirely-Other-2ä".repeat(16), /too long/);
  await showsTheShopsOwnRefusal(page);
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

/** The page refuses the password and asks the shop nothing. */
async function refusesItself(page, password, message) {
  let requests = 0;
  const count = () => (requests += 1);
  page.on("request", count);
  await choose(page, password);
  assert.match(await page.getByRole("alert").innerText(), message);
  page.off("request", count);
  assert.equal(requests, 0, "the page knows the rule");
}

/** The shop refuses the password for a rule that the page does not know, and the page does not blame the link. */
async function showsTheShopsOwnRefusal(page) {
  const message = "The password is in a list of stolen passwords.";
  const errors = [{ message, extensions: { category: "graphql-input" } }];
  const refuse = (route) => route.fulfill({ json: { errors }, headers: { "access-control-allow-origin": "*" } });
  await page.route(/\/graphql/, refuse);
  await choose(page, NEW);
  const told = await page.getByRole("alert").innerText();
  await page.unroute(/\/graphql/, refuse);
  assert.ok(told.includes(message), told);
  assert.ok(!told.includes("no longer works"), told);
}

async function choose(page, password) {
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Save the password" }).click();
}
