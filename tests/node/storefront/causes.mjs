// The link in a guest's mail, opened when the order cannot be canceled: the page says why.

import assert from "node:assert/strict";

import { confirmationLink, guestOrder, importOrder, orderOfGuest } from "../shop.mjs";
import { shown } from "./customer.mjs";

const OPEN = { state: "processing", status: "processing" };

/** An open invoice, a shipped item, the switch, and an order on hold: each has a sentence of its own. */
export async function linksOfOrdersThatCannotBeCanceledTellWhy(page, { site, address, staffToken, settings }) {
  const [item] = orderOfGuest("CAUSE-61").items;
  const invoiced = { ...item, qty_invoiced: 1, row_invoiced: item.row_total };
  const shipped = { ...item, product_type: "simple", is_virtual: 0, qty_shipped: 1 };
  const orders = {
    "CAUSE-61": { ...OPEN, total_invoiced: 10, total_paid: 0, items: [invoiced] },
    "CAUSE-62": { ...OPEN, is_virtual: 0, items: [shipped] },
    "CAUSE-63": {},
    "CAUSE-64": { state: "holded", status: "holded", hold_before_state: "new", hold_before_status: "pending" },
  };
  for (const [number, change] of Object.entries(orders)) {
    await importOrder(address, staffToken, orderOfGuest(number, change));
  }
  const told = async (number) => {
    await page.goto(confirmationLink(site, await guestOrder(address, number)));
    await shown(page, `Order ${number}`);
    return page.getByRole("article").getByRole("alert").innerText();
  };
  assert.match(await told("CAUSE-61"), /^An invoice of the order is not paid yet/);
  assert.match(await told("CAUSE-62"), /^A part of the order is on its way already/);
  assert.match(await told("CAUSE-64"), /^Order CAUSE-64 cannot be canceled any more\. Its status is “On Hold”/);
  await settings({ enabled: false });
  assert.match(await told("CAUSE-63"), /^This shop does not let buyers cancel orders at the moment/);
  await settings({ enabled: true });
}
