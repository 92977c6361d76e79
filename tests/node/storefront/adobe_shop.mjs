// A shop without the fields that Countermand adds, and with a schema that cannot be read, as Adobe Commerce has it:
// the whole storefront works there too.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";

import { parse, validate } from "graphql";

import { schemaWithoutAddedFields } from "../adobe_schema.mjs";
import { confirmationLinks } from "../mails.mjs";
import {
  ANNA,
  GUEST_EMAIL,
  confirmationLink,
  guestOrder,
  importOrder,
  orderOfAnna,
  orderOfGuest,
  paid,
} from "../shop.mjs";
import { cancelButton, shown, signIn } from "./customer.mjs";

const GRAPHQL = /\/graphql/;
const SOURCES = new URL("../../../examples/storefront/src/", import.meta.url);
/** Questions for added fields: the shop may refuse them. */
const QUESTIONS = [
  "AddedOrderFields",
  "AddedGuestOrderFields",
  "AddedCancellationFields",
  "AddedRequests",
  "AddedSubscriptions",
];
/** Operations that Adobe Commerce does not have: the storefront sends them only to a shop that has them. */
const ADDED = [
  "PreviewCancellation",
  "AskForCancellation",
  "WithdrawRequest",
  "MySubscriptions",
  "EndSubscription",
  "ResumeSubscription",
];
const CUSTOMERS_ORDER = "ADOBE-71";
const GUESTS_ORDER = "ADOBE-72";
const SHIPPED_ORDER = "ADOBE-73";
const OPEN_ORDER = "ADOBE-74";

/** Each operation of the storefront's sources but the added ones is sent, and each one that is sent is valid there. */
export async function aShopWithoutTheAddedFieldsWorks(page, shop) {
  const { site, address, staffToken, mailFolder } = shop;
  await importOrder(address, staffToken, paid(orderOfAnna(CUSTOMERS_ORDER)));
  await importOrder(address, staffToken, orderOfGuest(GUESTS_ORDER));
  const schema = schemaWithoutAddedFields();
  const sent = new Set();
  const asAdobe = async (route) => {
    const request = route.request();
    const text = request.postDataJSON()?.query ?? new URL(request.url()).searchParams.get("query");
    const document = parse(text);
    const name = document.definitions.find((it) => it.kind === "OperationDefinition").name.value;
    sent.add(name);
    const problems = /__schema|__type\b/.test(text) ? [new Error("unreadable")] : validate(schema, document);
    if (!problems.length) return route.continue();
    if (!QUESTIONS.includes(name)) sent.add(`${name}, which is refused: ${problems[0].message}`);
    const errors = problems.map(({ message }) => ({ message }));
    return route.fulfill({ json: { errors }, headers: { "access-control-allow-origin": "*" } });
  };
  const context = page.context();
  await page.evaluate(() => sessionStorage.clear());
  await context.route(GRAPHQL, asAdobe);
  try {
    // Another address loads the page anew, so that the shop is asked again.
    await page.goto(`${site}/?adobe`);
    await useAsCustomer(page, site);
    await useAsGuest(page, site, mailFolder);
    await openTooLate(page, shop);
  } finally {
    await context.unroute(GRAPHQL, asAdobe);
  }
  assert.deepEqual([...sent, ...ADDED].sort(), (await operationsOfSources()).sort());
}

async function useAsCustomer(page, site) {
  await signIn(page, site);
  await page.getByRole("link", { name: "My account" }).click();
  await shown(page, "My account");
  await page.goto(`${site}/#/orders/${CUSTOMERS_ORDER}`);
  await shown(page, `Order ${CUSTOMERS_ORDER}`);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await asksForTheReasonAlone(page);
  await page.getByText("It is canceled as a whole and at once. What you paid will be refunded.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  const told = await page.getByRole("article").getByRole("status").innerText();
  assert.match(told, /is canceled.+The shop credited \$10\.00/s);
  await page.getByText("1 credited").waitFor();
  assert.ok(!/refunded/i.test(await page.locator("main").innerText()), "the shop does not say that it paid");
  await page.getByRole("button", { name: "Sign out" }).click();
  await shown(page, "Sign in");
}

async function useAsGuest(page, site, mailFolder) {
  await page.goto(`${site}/#/guest`);
  await shown(page, "Find an order");
  assert.equal(await page.getByLabel("Postcode").count(), 0, "the shop finds no order by its postcode");
  await page.getByLabel("Order number").fill(GUESTS_ORDER);
  await page.getByLabel("E-mail").fill(GUEST_EMAIL);
  await page.getByLabel("Last name").fill("Larsen");
  await page.getByRole("button", { name: "Find an order" }).click();
  await shown(page, `Order ${GUESTS_ORDER}`);
  await cancelButton(page).click();
  await page.getByLabel("Other").check();
  await asksForTheReasonAlone(page);
  await page.getByRole("button", { name: "Send me the link" }).click();
  await page.getByRole("article").getByRole("status").waitFor();

  const [link] = await confirmationLinks(mailFolder, GUESTS_ORDER, 1);
  await page.goto(link);
  await shown(page, `Order ${GUESTS_ORDER}`);
  await page.getByRole("article").getByRole("button", { name: "Cancel order" }).click();
  assert.match(await page.getByRole("article").getByRole("status").innerText(), /is canceled/);
  await page.goto(link);
  assert.match(await page.getByRole("article").getByRole("status").innerText(), /is canceled/);

  await page.goto(`${site}/#/password`);
  await page.getByLabel("E-mail").fill("absent@example.com");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${site}/customer/create-password?email=${ANNA.email}&token=old`);
  await page.getByLabel("New password").fill("Entirely-Other-3");
  await page.getByRole("button", { name: "Save the password" }).click();
  assert.match(await page.getByRole("alert").innerText(), /no longer works/);
}

/** The shop takes neither items nor a comment, and the dialog does not ask for them. */
async function asksForTheReasonAlone(page) {
  const fields = await page.getByRole("dialog").locator("input, textarea").all();
  const kinds = await Promise.all(fields.map((field) => field.getAttribute("type")));
  assert.ok(kinds.length > 0 && kinds.every((kind) => kind === "radio"), `the dialog has ${kinds}`);
}

/** The link of an order that cannot be canceled: the page tells the causes that Adobe's own fields show. */
async function openTooLate(page, { site, address, staffToken, settings }) {
  const [item] = orderOfGuest(SHIPPED_ORDER).items;
  const parcel = { ...item, product_type: "simple", is_virtual: 0, price: 5, row_total: 5 };
  const items = [{ ...parcel, qty_shipped: 1 }, { ...parcel, item_id: 2, sku: "other" }];
  const shipped = orderOfGuest(SHIPPED_ORDER, { items, is_virtual: 0, state: "processing", status: "processing" });
  await importOrder(address, staffToken, shipped);
  await importOrder(address, staffToken, orderOfGuest(OPEN_ORDER));
  const told = async (number) => {
    await page.goto(confirmationLink(site, await guestOrder(address, number)));
    return page.getByRole("article").getByRole("alert").innerText();
  };
  assert.match(await told(SHIPPED_ORDER), /A part of the order is on its way already/);
  await settings({ enabled: false });
  assert.match(await told(OPEN_ORDER), /does not let buyers cancel orders at the moment/);
  await settings({ enabled: true });
}

/** The names of all operations in the storefront's sources. */
async function operationsOfSources() {
  const files = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, SOURCES), "utf8")));
  return texts.flatMap((text) => [...text.matchAll(/`(?:query|mutation) (\w+)/g)].map(([, name]) => name));
}
