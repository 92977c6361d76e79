// Single items of an order are canceled, with a comment: the page says what was canceled and what stays.

import assert from "node:assert/strict";

import nl from "../../../examples/storefront/src/languages/nl.js";
import sv from "../../../examples/storefront/src/languages/sv.js";
import { confirmationLinks } from "../mails.mjs";
import {
  carriedOut,
  CUSTOMERS,
  guestOrder,
  importOrder,
  orderOfAnna,
  orderOfGuest,
  paid,
  teaAndCup,
} from "../shop.mjs";
import { isAccessible } from "./accessible.mjs";
import { shown, signIn } from "./customer.mjs";
import { fits } from "./narrow.mjs";
import { speaksOnly } from "./spoken_texts.mjs";

const COMMENT = `<b>Two</b> "teas" & a cup\nare enough.`;
/** What the page of an order of `teaAndCup` shows of the order. */
const BUYERS_TEXTS = ["Tea", "tea", "Cup <b>", "cup", "Anna Larsen", "Main Street 1", "Troy 1", "Check / Money order"];
const SELECTED = "Cancel the selected items";
const CREDIT = `mutation Credit($id: ID!) {
  createCreditMemo(input: { order_id: $id }) { user_errors { message } }
}`;
const CANCEL_ITEM = `mutation CancelItem($id: ID!, $item: ID!) {
  cancelOrderAsAdmin(input: { order_id: $id, reason: "Other", items: [{ item_id: $item, quantity: 3 }] }) {
    user_errors { message }
  }
}`;

/** Two of three units with a comment, and then all the rest, which is sent as the whole order. */
export async function customersCancelItems(page, { site, address, staffToken }) {
  const number = "ITEMS-81";
  await importOrder(address, staffToken, paid(orderOfAnna(number, teaAndCup())));
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, site);
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const wishes = wishesOf(page);
  const dialog = await openDialog(page);
  await allIsChosenAtFirst(dialog, number);
  await dialog.getByLabel("Cup").uncheck();
  await dialog.getByRole("heading", { name: `Cancel items of order ${number}?` }).waitFor();
  await dialog.getByText("Only what you chose is canceled, and at once.").waitFor();
  await dialog.getByLabel("Other").check();
  await onlyWhatIsLeftCanBeChosen(dialog);
  assert.equal(wishes.length, 0, "nothing was sent");
  await isAccessible(page);

  await dialog.getByLabel("Quantity of Tea").fill("2");
  await dialog.getByLabel("Comment").fill(COMMENT);
  await dialog.getByRole("button", { name: SELECTED }).click();
  assert.equal(
    await statusOf(page),
    part("These items of order ITEMS-81 are canceled: 2 × Tea.", "You will be refunded $20.00."),
  );
  assert.equal(wishes[0].comment, COMMENT);
  assert.deepEqual(wishes[0].items.map(({ quantity }) => quantity), [2]);
  assert.equal(await page.locator(".badge").innerText(), "Processing");
  await historyHas(page, COMMENT, "Canceled items: 2 × Tea.");
  assert.equal(await page.locator("main b").count(), 0, "markup is text");
  await isAccessible(page);

  await openDialog(page);
  assert.equal(await dialog.getByRole("checkbox", { checked: true }).count(), 2);
  assert.equal(await dialog.getByRole("spinbutton").count(), 0, "a single unit is left of each");
  await dialog.getByLabel("Other").check();
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  assert.match(await statusOf(page), /Order ITEMS-81 is canceled.+“Closed”.+You will be refunded \$37\.00/s);
  assert.deepEqual(Object.keys(wishes[1]).sort(), ["id", "quote", "reason"], "all that is left is the whole order");
}

async function allIsChosenAtFirst(dialog, number) {
  await dialog.getByRole("heading", { name: `Cancel order ${number}?` }).waitFor();
  await dialog.getByText("It is canceled as a whole").waitFor();
  assert.equal(await dialog.getByRole("checkbox", { checked: true }).count(), 2);
  await dialog.getByLabel("Cup <b>").waitFor();
  const quantity = dialog.getByRole("spinbutton");
  assert.equal(await quantity.count(), 1, "one cup has no quantity");
  assert.equal(await quantity.inputValue(), "3");
  assert.equal(await dialog.getByLabel("Comment").getAttribute("maxlength"), "2000");
  assert.ok(await dialog.getByRole("checkbox").first().evaluate((box) => box === document.activeElement));
}

/** The form is not sent without an item, or with a quantity that is not left; the keyboard ticks. */
async function onlyWhatIsLeftCanBeChosen(dialog) {
  const send = () => dialog.getByRole("button", { name: SELECTED }).click();
  const quantity = dialog.getByLabel("Quantity of Tea");
  await dialog.getByLabel("Tea", { exact: true }).focus();
  await dialog.page().keyboard.press("Space");
  await dialog.getByText("Choose at least one item.").waitFor();
  assert.ok(await quantity.isDisabled());
  await send();
  await dialog.page().keyboard.press("Space");
  assert.ok(await quantity.isEnabled(), "the first item has the focus, and is ticked again");
  for (const wrong of ["0", "4", "1.5", ""]) {
    await quantity.fill(wrong);
    await send();
    assert.ok(await quantity.evaluate((field) => field.matches(":invalid") && field === document.activeElement), wrong);
  }
}

/** A list knows little of an order; its dialog offers the items all the same, on a narrow screen too. */
export async function itemsAreChosenInLists(page, { site, address, staffToken }) {
  const number = "ITEMS-82";
  await importOrder(address, staffToken, orderOfAnna(number, teaAndCup()));
  await page.goto(`${site}/#/guest`);
  await page.goto(`${site}/#/orders`);
  await shown(page, "My orders");
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: `Order ${number}` }) });
  await row.getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Tea", { exact: true }).uncheck();
  await dialog.getByLabel("Other").check();
  await fits(page);
  const [content, width] = await dialog.evaluate((it) => [it.scrollWidth, it.clientWidth]);
  assert.ok(content <= width, `the dialog is ${width} wide and needs ${content}`);
  await dialog.getByRole("button", { name: SELECTED }).click();
  const told = await row.getByRole("status").innerText();
  assert.equal(told, part("These items of order ITEMS-82 are canceled: 1 × Cup <b>."));
  await row.getByRole("button", { name: `Cancel order: ${number}` }).waitFor();
  await page.setViewportSize(usual);
}

/** Staff cancels the tea while the customer chooses it: the shop refuses, and the order is shown as it is now. */
export async function partsThatAreGoneAreToldHonestly(page, { site, address, staffToken }) {
  const number = "ITEMS-83";
  await importOrder(address, staffToken, orderOfAnna(number, teaAndCup()));
  await page.goto(`${site}/#/orders/${number}`);
  await shown(page, `Order ${number}`);
  const loaded = page.waitForResponse((response) => response.url().includes("MyOrder"));
  const dialog = await openDialog(page);
  const { data } = await (await loaded).json();
  const [{ id, items }] = data.customer.orders.items;
  await dialog.getByLabel("Cup").uncheck();
  await dialog.getByLabel("Other").check();
  await carriedOut(address, staffToken, CANCEL_ITEM, { id, item: items[0].id });
  await dialog.getByRole("button", { name: SELECTED }).click();
  assert.match(await dialog.getByRole("alert").innerText(), /could not cancel this.+may have changed/);
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByText("3 canceled").waitFor();
  await openDialog(page);
  assert.equal(await dialog.getByRole("checkbox").count(), 0, "one unit is no choice");
  await page.keyboard.press("Escape");
}

/** The mail's page does not know what the guest chose; what is told after it does. */
export async function guestsCancelItems(page, { site, address, staffToken, mailFolder }) {
  const number = "ITEMS-84";
  await importOrder(address, staffToken, paid(orderOfGuest(number, teaAndCup())));
  const { id, token } = await guestOrder(address, number);
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${site}/#/guest/${token}`);
  await shown(page, `Order ${number}`);
  const dialog = await openDialog(page);
  await dialog.getByText(/The order is canceled as a whole when you open the link/).waitFor();
  await dialog.getByLabel("Tea", { exact: true }).uncheck();
  await dialog.getByText(/Only what you chose is canceled, when you open the link/).waitFor();
  await dialog.getByLabel("Other").check();
  await dialog.getByLabel("Comment").fill(COMMENT);
  await dialog.getByRole("button", { name: "Send me the link" }).click();
  assert.match(await statusOf(page), /We sent a mail.+cancel what you chose: 1 × Cup <b>\..+nothing changes/s);

  const [link] = await confirmationLinks(mailFolder, number, 1);
  await page.goto(link);
  const title = `Cancel what you chose of order ${number}?`;
  await page.getByRole("heading", { name: title }).waitFor();
  assert.ok((await page.title()).startsWith(title));
  await isAccessible(page);
  const confirm = () => page.getByRole("button", { name: "Confirm the cancellation" }).click();
  await confirm();
  assert.equal(
    await statusOf(page),
    part("These items of order ITEMS-84 are canceled: 1 × Cup <b>.", "You will be refunded $7.00."),
  );
  await historyHas(page, COMMENT);
  assert.equal(await page.locator("main b").count(), 0, "markup is text");

  await page.goto(link);
  await confirm();
  assert.match(await page.getByRole("alert").innerText(), /no longer works: it was used/);
  await carriedOut(address, staffToken, CREDIT, { id });
  await page.goto(link);
  await shown(page, `Order ${number}`);
  assert.match(await statusOf(page), /^Nothing of order ITEMS-84 is left to cancel/, "a credit memo cancels nothing");
}

/** In Dutch and Swedish: the dialog, the notice, and the shop's line in the history. */
export async function eachLanguageTellsOfItems(page, { site, address, staffToken, settings }) {
  for (const [language, number, store, currency, data] of [
    [nl, "NL-85", 3, "EUR", ["Nederland", "In afwachting"]],
    [sv, "SV-86", 4, "SEK", ["Sverige", "Väntar"]],
  ]) {
    await settings({ code: language.code, enabled: true });
    const { email, password } = CUSTOMERS[language.code];
    const money = { order_currency_code: currency, base_currency_code: "EUR" };
    const buyer = { store_id: store, customer_email: email, customer_id: 70 + store };
    await importOrder(address, staffToken, orderOfAnna(number, { ...teaAndCup(), ...buyer, ...money }));
    await page.goto(`${site}/?store=${language.code}#/sign-in`);
    await page.getByLabel(language.email).fill(email);
    await page.getByLabel(language.password).fill(password);
    await page.getByRole("main").getByRole("button", { name: language.signIn }).click();
    await shown(page, language.myOrders);
    await page.goto(`${site}/?store=${language.code}#/orders/${number}`);
    await shown(page, language.order(number));
    const dialog = await openDialog(page, language);
    const texts = [...data, ...BUYERS_TEXTS];
    for (const reason of await dialog.locator("label.choice").allInnerTexts()) texts.push(reason.trim());
    await dialog.getByLabel(language.quantityOf("Tea")).fill("1");
    await speaksOnly(page, language, texts);
    await isAccessible(page);
    await dialog.getByRole("radio").first().check();
    await dialog.getByRole("button", { name: language.cancelChosen }).click();
    const told = await statusOf(page);
    assert.ok(told.startsWith(language.chosenIsCanceled(number, "").slice(0, -1)), told);
    assert.ok(told.includes("1 × Tea") && told.includes("1 × Cup <b>") && told.endsWith(language.restStays), told);
    await historyHas(page, language.historyLines.canceledItems("1 × Tea, 1 × Cup <b>"));
    await speaksOnly(page, language, texts);
    await page.getByRole("button", { name: language.signOut }).click();
    await shown(page, language.signIn);
  }
  await page.goto(site);
}

/** Opens the dialog and waits until it asks for the reason. */
export async function openDialog(page, { cancelOrder } = { cancelOrder: "Cancel order" }) {
  await page.getByRole("article").getByRole("button", { name: cancelOrder }).click();
  await page.getByRole("radio").first().waitFor();
  return page.getByRole("dialog");
}

/** The notice about a part, with a paragraph for each sentence. */
export function part(...sentences) {
  return [...sentences, "The rest of the order stays ordered."].join("\n\n");
}

export async function historyHas(page, ...lines) {
  const history = await page.locator(".history").innerText();
  for (const line of lines) assert.ok(history.includes(line), `${line} is in: ${history}`);
}

/** The notice above the order, once the dialog is closed. */
export async function statusOf(page) {
  await page.locator("dialog").waitFor({ state: "detached" });
  return page.getByRole("article").getByRole("status").innerText();
}

/** The variables of each cancellation that the page sends from now on. */
export function wishesOf(page) {
  const wishes = [];
  page.on("request", (request) => {
    const { query, variables } = request.postDataJSON() ?? {};
    if (query?.startsWith("mutation Cancel(")) wishes.push(variables);
  });
  return wishes;
}
