// Each page speaks one language: that of the store view.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import en from "../../../examples/storefront/src/languages/en.js";
import nl from "../../../examples/storefront/src/languages/nl.js";
import sv from "../../../examples/storefront/src/languages/sv.js";
import { CUSTOMERS, importOrder, orderOfAnna, paid } from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { signIn } from "./customer.mjs";
import { settle } from "./money.mjs";
import { speaksOnly } from "./spoken_texts.mjs";

/** The lines that the shop itself writes into the history of an order, as an import brings them. */
const shopsLines = (sign) => [
  "Order cancellation confirmation key was sent via email.",
  "Email notification failed.",
  `We released the ${sign}1,234.50 that were reserved for the payment.`,
];

/** What the page of an order of `orderOfAnna` shows of the order. */
const BUYERS_TEXTS = ["Gift", "gift", "Anna Larsen", "Main Street 1", "Troy 1", "Check / Money order"];

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
  for (const [language, number, store, currency, sign, name, statuses] of [
    [nl, "NL-21", 3, "EUR", "€", "Nederland", ["In behandeling", "Gesloten"]],
    [sv, "SV-22", 4, "SEK", "kr", "Sverige", ["Behandlas", "Stängd"]],
  ]) {
    await settings({ code: language.code, enabled: true });
    const { email, password } = CUSTOMERS[language.code];
    const money = { order_currency_code: currency, base_currency_code: "EUR" };
    const at = { created_at: "2031-03-01 10:00:00", is_visible_on_front: 1 };
    const lines = shopsLines(sign).map((comment) => ({ comment, ...at }));
    const buyer = { customer_email: email, customer_id: 70 + store, status_histories: lines };
    const order = paid(orderOfAnna(number, { store_id: store, ...buyer, ...money }));
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
    const over = canceled(orderOfAnna(`${number}9`, { store_id: store, ...buyer, ...money }));
    await importOrder(address, staffToken, over);
    await open(`orders/${over.increment_id}`, language.order(over.increment_id));
    const status = await page.locator(".badge").innerText();
    const told = language.isCanceled(number, "").toLowerCase();
    assert.ok(told.includes(` ${status.toLowerCase()}.`), `“${status}” is the word in: ${told}`);
    await open(`orders/${number}`, language.order(number));
    await page.getByRole("article").getByRole("button", { name: language.cancelOrder }).click();
    await page.getByRole("radio").first().check();
    await speaks(page, language);
    const reason = await page.locator("label.choice").first().innerText();
    const data = [name, ...statuses, reason.trim(), ...BUYERS_TEXTS];
    await isAccessible(page);
    await settings({ code: language.code, enabled: false });
    await page.getByRole("dialog").getByRole("button", { name: language.cancelOrder }).click();
    assert.equal(await page.getByRole("alert").innerText(), language.refusals.ORDER_CANCELLATION_DISABLED);
    await speaks(page, language);
    await settings({ code: language.code, enabled: true });
    await page.getByRole("dialog").getByRole("button", { name: language.cancelOrder }).click();
    await page.getByRole("article").getByRole("status").waitFor();
    await speaks(page, language);
    await speaksOnly(page, language, data);
    await settle(address, staffToken, number);
    await page.reload();
    await heading(page, language.order(number));
    const history = await page.locator(".history").innerText();
    const { mailSent, mailFailed, keySent } = language.historyLines;
    for (const line of [mailSent, mailFailed, keySent]) assert.ok(history.includes(line), `${line} is in: ${history}`);
    await speaksOnly(page, language, data);
    await isAccessible(page);

    await page.getByRole("button", { name: language.signOut }).click();
    await heading(page, language.signIn);
    await open("guest", language.findOrder);
    await open("password", language.newPassword);
  }
  await page.goto(site);
}

/** A store view whose language has no dictionary: the words are English, and so are dates and amounts. */
export async function storeViewsWithoutADictionaryAreEnglish(page, { site, address, staffToken }) {
  const number = "DE-23";
  await importOrder(address, staffToken, expensive(number));
  const german = async (route) => {
    const asked = new URL(route.request().url()).searchParams.get("query") ?? "";
    if (!asked.startsWith("query Shop ")) return route.continue();
    const response = await route.fetch();
    const { data } = await response.json();
    return route.fulfill({ response, json: { data: { storeConfig: { ...data.storeConfig, locale: "de_DE" } } } });
  };
  await page.route(/\/graphql/, german);
  await page.goto(`${site}/?german`);
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${number}`);
  await heading(page, en.order(number));
  const text = await page.locator("main").innerText();
  await page.unroute(/\/graphql/, german);
  assert.match(text, /placed on March 1, 2031/);
  assert.match(text, /Total\s+\$1,234\.50/);
  assert.ok(!/März|1\.234/.test(text), text);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
}

function canceled(order) {
  const total = order.grand_total;
  const items = order.items.map((item) => ({ ...item, qty_canceled: item.qty_ordered }));
  return { ...order, state: "canceled", status: "canceled", total_canceled: total, subtotal_canceled: total, items };
}

function expensive(number) {
  const sum = 1234.5;
  const [item] = orderOfAnna(number).items;
  const items = [{ ...item, price: sum, row_total: sum }];
  return orderOfAnna(number, { subtotal: sum, grand_total: sum, base_grand_total: sum, items });
}

/** Without JavaScript each page speaks every language, and before it starts the page has no words at all. */
export async function pagesWithoutJavaScriptSpeakEveryLanguage() {
  for (const page of ["", "customer/create-password/", "sales/guest/view/"]) {
    const html = await readFile(new URL(`../../../examples/storefront/${page}index.html`, import.meta.url), "utf8");
    const [, told] = /<noscript>(.*?)<\/noscript>/s.exec(html);
    const languages = [...told.matchAll(/<p lang="(\w+)">[^<]+<\/p>/g)].map(([, code]) => code);
    assert.deepEqual(languages, [en, nl, sv].map(({ code }) => code), page);
    const rest = html.replace(/<noscript>.*?<\/noscript>|<!--.*?-->/gs, "");
    assert.doesNotMatch(rest.replace(/<[^>]*>/g, ""), /\p{L}/u, page);
    assert.doesNotMatch(rest, /aria-label=|title=/, page);
  }
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
