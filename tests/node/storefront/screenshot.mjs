// The picture for the README: the list of orders, and the dialog over an order.

import { PAID } from "../shop.mjs";
import { cancelButton, shown } from "./customer.mjs";

const PANEL = { width: 800, height: 940 };
const GAP = 16;

export async function takeScreenshot(page, { site, screenshot }) {
  const usual = page.viewportSize();
  await page.setViewportSize(PANEL);
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  await page.mouse.move(0, 0);
  const list = await page.screenshot();
  await page.goto(`${site}/#/orders/${PAID}`);
  await shown(page, `Order ${PAID}`);
  await cancelButton(page).click();
  await page.getByRole("checkbox").last().uncheck();
  await page.getByLabel("The order was placed by mistake").check();
  const dialog = await page.screenshot();
  await page.keyboard.press("Escape");
  await page.setViewportSize(usual);

  const both = await page.context().newPage();
  await both.setViewportSize({ width: 2 * PANEL.width + GAP, height: PANEL.height });
  const image = (png) => `<img src="data:image/png;base64,${png.toString("base64")}">`;
  await both.setContent(`<body style="margin:0;display:flex;gap:${GAP}px">${image(list)}${image(dialog)}</body>`);
  await both.screenshot({ path: screenshot });
  await both.close();
}
