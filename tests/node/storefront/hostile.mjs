// An order whose texts are markup, or escaped for HTML: the page shows what a person typed, letter by letter.

import assert from "node:assert/strict";

import { importOrder, orderOfAnna } from "../shop.mjs";
import { cancelButton, shown } from "./customer.mjs";

const NUMBER = "HOSTILE-1";
const NAME = "<img src=x onerror=alert(1)>";
const LASTNAME = "</script><script>alert(1)</script>";
const ESCAPED = "Anna&#039;s &quot;gift&quot; &amp;lt;b&gt;";
const READ = `Anna's "gift" &lt;b>`;
const REASON = `It doesn't "fit" <b>`;

const ADDRESS = { firstname: NAME, lastname: LASTNAME, street: [NAME], city: NAME, postcode: "1", country_id: "US" };
const [ITEM] = orderOfAnna(NUMBER).items;
const ORDER = orderOfAnna(NUMBER, {
  billing_address: ADDRESS,
  payment: { method: "checkmo", additional_information: [NAME] },
  status_histories: [NAME, ESCAPED].map((comment) => ({
    comment,
    created_at: "2031-03-01 10:00:00",
    is_visible_on_front: 1,
    status: "pending",
  })),
  items: [{ ...ITEM, sku: NAME, name: NAME }],
});

export async function hostileTextsAreTexts(page, { site, address, staffToken }) {
  await importOrder(address, staffToken, ORDER);
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  await page.getByRole("link", { name: `Order ${NUMBER}` }).click();
  await shown(page, `Order ${NUMBER}`);
  const text = await page.locator("main").innerText();
  for (const part of [NAME, LASTNAME, READ]) assert.ok(text.includes(part), `${part} is in: ${text}`);
  assert.equal(await page.locator("main :is(img, script, b)").count(), 0);
}

/** A reason with quotes is offered, sent, taken, and read in the history as it was written. */
export async function reasonsAreReadAsTheyWereWritten(page, { site, settings }) {
  await settings({
    reasons: [
      { code: "fit", description: REASON },
      { code: "other", description: "Other" },
    ],
  });
  await page.goto(`${site}/#/orders/${NUMBER}`);
  await shown(page, `Order ${NUMBER}`);
  await cancelButton(page).click();
  await page.getByLabel(REASON).check();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await page.getByRole("article").getByRole("status").waitFor();
  const text = await page.locator("main").innerText();
  assert.ok(text.includes(REASON), `${REASON} is in: ${text}`);
  assert.ok(!/&#?\w+;/.test(text.replaceAll("&lt;b>", "")), `no references are in: ${text}`);
  assert.equal(await page.locator("main b").count(), 0);
}
