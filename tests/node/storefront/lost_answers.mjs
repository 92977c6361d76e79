// What goes wrong between the button and the shop: the page does not claim to know what it does not.

import assert from "node:assert/strict";

import { FREE, PENDING } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
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
  await page.reload();
  await shown(page, "That did not work");
  await page.unroute(GRAPHQL, loseAnswer);
  await page.getByRole("button", { name: "Try again" }).click();
  await shown(page, `Order ${PENDING}`);
}

/** Without the network the page stays, and offers to try again; with the network it goes on. */
export async function pagesStayWithoutTheNetwork(page, { site }) {
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  const rows = await page.getByRole("listitem").count();
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "My account" }).click();
  assert.match(await page.getByRole("alert").innerText(), /does not answer.+still see the page from before/s);
  await isAccessible(page);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("main:not([aria-busy])").waitFor();
  assert.equal(await page.getByRole("alert").count(), 1, "one message, not two");
  await shown(page, "My orders");
  assert.equal(await page.getByRole("listitem").count(), rows, "the list is still there");
  await page.context().setOffline(false);
  await shown(page, "My account");
  assert.equal(await page.getByRole("alert").count(), 0);

  await page.route(GRAPHQL, loseAnswer);
  await page.getByRole("link", { name: "My orders" }).click();
  await page.getByRole("alert").waitFor();
  await page.unroute(GRAPHQL, loseAnswer);
  await page.getByRole("button", { name: "Try again" }).click();
  await shown(page, "My orders");
}

/** The dialog asks for the reasons again, and an order that could not be looked at again stays without its button. */
export async function dialogsStayWithoutTheNetwork(page, { site }) {
  await page.goto(`${site}/#/orders/${FREE}`);
  await shown(page, `Order ${FREE}`);
  await page.context().setOffline(true);
  await cancelButton(page).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
  await page.getByLabel("Other").check();
  await page.context().setOffline(true);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await page.getByText(/It may have worked all the same/).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("article").getByRole("alert").waitFor();
  assert.equal(await cancelButton(page).count(), 0, "the page does not know whether the order is canceled");
  await page.context().setOffline(false);
  await page.getByRole("article").getByRole("button", { name: "Try again" }).click();
  await cancelButton(page).waitFor();
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
