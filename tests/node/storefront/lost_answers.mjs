// What goes wrong between the button and the shop: the page does not claim to know what it does not.

import assert from "node:assert/strict";

import { FREE, PENDING } from "../shop.mjs";
import { cancelButton, shown, signIn } from "./customer.mjs";

const GRAPHQL = /\/graphql/;

export async function lostAnswersAreToldHonestly(page, { site }) {
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${PENDING}`);
  await shown(page, `Order ${PENDING}`);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();

  await page.route(GRAPHQL, loseAnswer);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  const told = await page.getByRole("dialog").getByRole("alert").innerText();
  assert.match(told, /does not answer.+It may have worked all the same/s);
  await page.unroute(GRAPHQL, loseAnswer);
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("Canceled", { exact: true }).waitFor();
  assert.equal(await cancelButton(page).count(), 0);

  await page.route(GRAPHQL, loseAnswer);
  await page.getByRole("link", { name: "My account" }).click();
  await shown(page, "That did not work");
  await page.unroute(GRAPHQL, loseAnswer);
  await page.getByRole("button", { name: "Try again" }).click();
  await shown(page, "My account");
}

/** The token ends while the customer thinks about a reason: nothing is canceled, and she is asked to sign in. */
export async function tokensEndWhileTheDialogIsOpen(page, { site }) {
  await page.goto(`${site}/#/orders/${FREE}`);
  await shown(page, `Order ${FREE}`);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await page.evaluate(() => {
    for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, "forged");
  });
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await shown(page, "Sign in");
}

/** The shop gets the request; the page does not get the answer. */
async function loseAnswer(route) {
  await route.fetch();
  await route.abort("blockedbyclient");
}
