// An order whose texts are markup: the page shows it letter by letter.

import assert from "node:assert/strict";

import { ANNA, importOrder } from "../shop.mjs";
import { shown } from "./customer.mjs";

const NUMBER = "HOSTILE-1";
const NAME = "<img src=x onerror=alert(1)>";
const LASTNAME = "</script><script>alert(1)</script>";

const ADDRESS = { firstname: NAME, lastname: LASTNAME, street: [NAME], city: NAME, postcode: "1", country_id: "US" };

const ORDER = {
  entity_id: 900001,
  increment_id: NUMBER,
  store_id: 1,
  state: "new",
  status: "pending",
  created_at: "2031-03-01 10:00:00",
  updated_at: "2031-03-01 10:00:00",
  customer_email: ANNA.email,
  customer_id: 7,
  customer_is_guest: 0,
  order_currency_code: "USD",
  base_currency_code: "USD",
  is_virtual: 1,
  subtotal: 10,
  grand_total: 10,
  base_grand_total: 10,
  billing_address: ADDRESS,
  payment: { method: "checkmo", additional_information: [NAME] },
  status_histories: [{ comment: NAME, created_at: "2031-03-01 10:00:00", is_visible_on_front: 1, status: "pending" }],
  items: [
    {
      item_id: 1,
      sku: NAME,
      name: NAME,
      product_type: "virtual",
      is_virtual: 1,
      price: 10,
      row_total: 10,
      qty_ordered: 1,
    },
  ],
};

export async function hostileTextsAreTexts(page, { site, address, staffToken }) {
  await importOrder(address, staffToken, ORDER);
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  await page.getByRole("link", { name: `Order ${NUMBER}` }).click();
  await shown(page, `Order ${NUMBER}`);
  const text = await page.locator("main").innerText();
  for (const part of [NAME, LASTNAME]) assert.ok(text.includes(part), `${part} is in: ${text}`);
  assert.equal(await page.locator("main :is(img, script)").count(), 0);
}
