// Each page speaks one language: that of the store view.

import assert from "node:assert/strict";

import en from "../../../examples/storefront/src/languages/en.js";
import nl from "../../../examples/storefront/src/languages/nl.js";
import sv from "../../../examples/storefront/src/languages/sv.js";
import { CUSTOMERS, importOrder, orderOfAnna } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";

/** The files of all languages have the same entries of the same kind, and each function uses its values. */
export async function languagesHaveTheSameTexts() {
  for (const language of [nl, sv]) sameEntries(en, language, language.code);
}

function sameEntries(one, other, place) {
  assert.deepEqual(Object.keys(other), Object.keys(one), place);
  for (const [name, text] of Object.entries(one)) {
    const there = other[name];
    assert.equal(typeof there, typeof text, `${place}.${name}`);
    if (typeof text === "object") sameEntries(text, there, `${place}.${name}`);
    if (typeof text === "string") assert.ok(there.trim(), `${place}.${name} is empty`);
    if (typeof text === "function") {
      assert.equal(there.length, text.length, `${place}.${name}`);
      const values = Array.from({ length: text.length }, (_, index) => `<${index}>`);
      for (const value of values) assert.ok(there(...values).includes(value), `${place}.${name} leaves out ${value}`);
    }
  }
}

/** A Dutch and a Swedish customer see every page in their own language. */
export async function eachStoreViewHasItsLanguage(page, { site, address, staffToken, settings }) {
  for (const [language, number, store, currency] of [
    [nl, "NL-21", 3, "EUR"],
    [sv, "SV-22", 4, "SEK"],
  ]) {
    await settings({ code: language.code, enabled: true });
    const { email, password } = CUSTOMERS[language.code];
    const money = { order_currency_code: currency, base_currency_code: "EUR" };
    const order = orderOfAnna(number, { store_id: store, customer_email: email, customer_id: 70 + store, ...money });
    await importOrder(address, staffToken, order);
    const open = async (path, title) => {
      await page.goto(`${site}/?store=${language.code}#/${path}`);
      await heading(page, title);
      await speaks(page, language);
    };

    await page.goto(site);
    await page.evaluate(() => sessionStorage.clear());
    await open("sign-in", language.signIn);
    await page.getByLabel(language.email).fill(email);
    await page.getByLabel(language.password).fill("not-the-password");
    await page.getByRole("main").getByRole("button", { name: language.signIn }).click();
    assert.equal(await page.getByRole("alert").innerText(), language.wrongPassword);
    await page.getByLabel(language.password).fill(password);
    await page.getByRole("main").getByRole("button", { name: language.signIn }).click();
    await heading(page, language.myOrders);
    await speaks(page, language);

    await open("account", language.myAccount);
    await open(`orders/${number}`, language.order(number));
    await page.getByRole("article").getByRole("button", { name: language.cancelOrder }).click();
    await page.getByRole("radio").first().check();
    await speaks(page, language);
    await isAccessible(page);
    await settings({ code: language.code, enabled: false });
    await page.getByRole("dialog").getByRole("button", { name: language.cancelOrder }).click();
    assert.equal(await page.getByRole("alert").innerText(), language.refusals.ORDER_CANCELLATION_DISABLED);
    await speaks(page, language);
    await settings({ code: language.code, enabled: true });
    await page.getByRole("dialog").getByRole("button", { name: language.cancelOrder }).click();
    await page.getByRole("article").getByRole("status").waitFor();
    await speaks(page, language);

    await page.getByRole("button", { name: language.signOut }).click();
    await heading(page, language.signIn);
    await open("guest", language.findOrder);
    await open("password", language.newPassword);
  }
  await page.goto(site);
}

async function heading(page, title) {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
}

/** No English text stands on the page, in its title or in the names of its parts. */
async function speaks(page, language) {
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const shown = [document.title.split(" – ")[0]];
    while (walker.nextNode()) shown.push(walker.currentNode.data.trim());
    for (const named of document.querySelectorAll("[aria-label]")) shown.push(named.getAttribute("aria-label"));
    return shown;
  });
  const own = new Set(plainTexts(language));
  const english = new Set(plainTexts(en).filter((text) => !own.has(text)));
  assert.deepEqual(
    texts.filter((text) => english.has(text)),
    [],
    `${page.url()} speaks English too`,
  );
  assert.equal(await page.locator("html").getAttribute("lang"), language.code);
}

function plainTexts(language) {
  return Object.values(language).flatMap((text) => (typeof text === "object" ? plainTexts(text) : [text]));
}
