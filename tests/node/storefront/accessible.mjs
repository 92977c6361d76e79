// Looks for barriers on a page, as axe knows them: missing names, weak contrast, wrong roles.

import assert from "node:assert/strict";

import axe from "axe-core";

import { FREE, PAID } from "../shop.mjs";
import { cancelButton, shown, signIn } from "./customer.mjs";

/** Fails with each barrier on the page, with light and with dark colors. `without` names rules to leave out. */
export async function isAccessible(page, { without = [] } = {}) {
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate((options) => window.axe.run(document, options), { rules });
    const told = violations.map(({ id, help, nodes }) =>
      [`${id}: ${help}`, ...nodes.map((node) => node.html)].join("\n  "),
    );
    assert.equal(told.length, 0, `${page.url()} has barriers in ${colorScheme} colors:\n${told.join("\n")}`);
  }
}

/** Every page that is opened without a mail, and the dialog. */
export async function pagesHaveNoBarriers(page, { site }) {
  for (const [path, title] of [
    ["sign-in", "Sign in"],
    ["guest", "Find an order"],
    ["password", "Choose a new password"],
  ]) {
    await page.goto(`${site}/#/${path}`);
    await shown(page, title);
    await isAccessible(page);
  }
  await signIn(page, site);
  await isAccessible(page);
  for (const [path, title] of [
    ["account", "My account"],
    [`orders/${PAID}`, `Order ${PAID}`],
    ["orders/none", "Order none"],
  ]) {
    await page.goto(`${site}/#/${path}`);
    await shown(page, title);
    await isAccessible(page);
  }
  await page.goto(`${site}/#/orders/${FREE}`);
  await cancelButton(page).click();
  await page.getByRole("radio").first().waitFor();
  await isAccessible(page);
  await page.keyboard.press("Escape");
}
