// A customer ends a subscription and lets it go on, in each language.

import assert from "node:assert/strict";

import en from "../../../examples/storefront/src/languages/en.js";
import nl from "../../../examples/storefront/src/languages/nl.js";
import sv from "../../../examples/storefront/src/languages/sv.js";
import { ANNA, ask, CUSTOMERS, importOrder, orderOfAnna, paid } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { fits } from "./narrow.mjs";
import { speaksOnly } from "./spoken_texts.mjs";

const NAME = "Magazine <b>";
const SET = `mutation Set($values: [SettingInput!]!) {
  updateSettings(input: { scope: DEFAULT, values: $values }) { user_errors { message } }
}`;

/** The subscription ends with the paid time, goes on, and ends at once. */
export async function customersEndSubscriptions(page, { site, address, staffToken }) {
  await allow(address, staffToken);
  for (const [language, store, currency, customer] of [
    [en, 1, "USD", ANNA],
    [nl, 3, "EUR", CUSTOMERS.nl],
    [sv, 4, "SEK", CUSTOMERS.sv],
  ]) {
    const number = `SUB-${language.code}-31`;
    const money = { order_currency_code: currency, base_currency_code: store === 1 ? "USD" : "EUR" };
    const buyer = { store_id: store, customer_email: customer.email, customer_id: 70 + store };
    await importOrder(address, staffToken, subscribed(number, { ...money, ...buyer }));
    await signInAs(page, site, language, customer);
    await page.goto(`${site}/?store=${language.code === "en" ? "default" : language.code}#/account`);
    await page.getByRole("link", { name: language.mySubscriptions }).click();
    await shown(page, language.mySubscriptions);
    await isAccessible(page);

    const item = page.getByRole("listitem").filter({ hasText: NAME });
    const press = (text) => item.getByRole("button", { name: `${text}: ${NAME}` }).click();
    page.once("dialog", (dialog) => dialog.dismiss());
    await press(language.endWithPeriod);
    assert.equal(await item.getByRole("status").count(), 0, "nothing was sent");
    page.once("dialog", (dialog) => dialog.accept());
    await press(language.endWithPeriod);
    await item.getByRole("status").waitFor();
    await isAccessible(page);
    const labels = [language.endNow, language.resumeSubscription].map((text) => `${text}: ${NAME}`);
    if (language !== en) await speaksOnly(page, language, [NAME, ...labels, ...shopNames()]);
    await press(language.resumeSubscription);
    await item.getByText(language.goesOn).waitFor();

    let question = "";
    page.once("dialog", (dialog) => {
      question = dialog.message();
      dialog.accept();
    });
    await press(language.endNow);
    await item.getByRole("status").waitFor();
    assert.ok(question.includes(NAME) && /\d/.test(question), question);
    await item.getByRole("button").first().waitFor({ state: "detached" });
    await fits(page);
    await page.goto(`${site}/?store=${language.code === "en" ? "default" : language.code}#/orders/${number}`);
    await shown(page, language.order(number));
    await page.getByText(language.historyLines.subscriptionEnded(NAME)).waitFor();
  }
  await page.goto(site);
}

async function allow(address, staffToken) {
  const values = [
    { key: "sales/subscriptions/enabled", value: "true" },
    { key: "sales/subscriptions/end", value: "CHOICE" },
  ];
  const { updateSettings: outcome } = await ask(address, staffToken, SET, { values });
  assert.deepEqual(outcome.user_errors, []);
}

/** A paid order of a year of a magazine, which is still paid for most of the year. */
function subscribed(number, change) {
  const order = orderOfAnna(number, change);
  order.items[0].name = NAME;
  order.items[0].extension_attributes = aYear(number);
  return paid(order);
}

/** What makes an item of an order a subscription that is paid for most of a year. */
export function aYear(number) {
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 19).replace("T", " ");
  return {
    subscription: {
      subscription_id: number,
      interval_unit: "YEAR",
      interval_count: 1,
      paid_from: day(-30),
      paid_until: day(335),
    },
  };
}

/** Signs a customer in, in the store view of the language. */
export async function signInAs(page, site, language, { email, password }) {
  await page.goto(site);
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${site}/?store=${language.code === "en" ? "default" : language.code}#/sign-in`);
  await shown(page, language.signIn);
  await page.getByLabel(language.email).fill(email);
  await page.getByLabel(language.password).fill(password);
  await page.getByRole("main").getByRole("button", { name: language.signIn }).click();
  await shown(page, language.myOrders);
}

async function shown(page, title) {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
}

/** The names of the store views, which are in no language. */
function shopNames() {
  return ["Nederland", "Sverige"];
}
