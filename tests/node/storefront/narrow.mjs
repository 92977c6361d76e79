// On a narrow screen every page fits without scrolling sideways.

import assert from "node:assert/strict";

import { PAID } from "../shop.mjs";
import { shown, signIn } from "./customer.mjs";

export async function pagesFitNarrowScreens(page, { site }) {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${site}/#/guest`);
  await shown(page, "Find an order");
  await fits(page);
  await signIn(page, site);
  await fits(page);
  for (const [path, title] of [[`orders/${PAID}`, `Order ${PAID}`], ["account", "My account"]]) {
    await page.goto(`${site}/#/${path}`);
    await shown(page, title);
    await fits(page);
  }
}

/** Nothing on the page is wider than the screen. */
export async function fits(page) {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= screen, `${page.url()} is ${content} wide on a screen of ${screen}`);
}
