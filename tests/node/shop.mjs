// The demo shop behind the pages: its customers and orders, and operations of its staff.

export const ANNA = { email: "anna@example.com", password: "Countermand-1" };
/** Customers of the Dutch and of the Swedish store view. */
export const CUSTOMERS = {
  nl: { email: "sanne.devries@example.com", password: ANNA.password },
  sv: { email: "elin.lundqvist@example.com", password: ANNA.password },
};
/** Anna's orders in the store view `default`. */
export const UNPAID = "000000084";
export const PAID = "000000082";
export const SHIPPED = "000000081";
export const PENDING = "000000041";
export const FREE = "000000048";
/** An order of a guest. */
export const GUEST = { number: "000000083", email: "walter.brooks@example.com", lastname: "Brooks", postcode: "05401" };

/** The address of the orders of `orderOfGuest`. */
export const GUEST_EMAIL = "guest@example.com";

const CONFIGURE = `mutation Configure($input: UpdateCancellationConfigInput!) {
  updateCancellationConfig(input: $input) { user_errors { message } }
}`;

const SET = `mutation Set($code: String!, $values: [SettingInput!]!) {
  updateSettings(input: { scope: STORE, code: $code, values: $values }) { user_errors { message } }
}`;

const IDS = `query Ids($number: String!) {
  orders(filter: { number: $number }) { items { order { id items { id } } } }
}`;

const IMPORT = `mutation Import($orders: String!) {
  importOrders(input: { orders: $orders }) { imported refused { message } }
}`;

/** Changes settings of the store view `default`. */
export async function configure(address, token, settings) {
  const input = { scope: "STORE", code: "default", ...settings };
  const { updateCancellationConfig: outcome } = await ask(address, token, CONFIGURE, { input });
  if (outcome.user_errors.length) throw new Error(`The settings were not taken: ${JSON.stringify(outcome)}`);
}

/** Sets settings of a store view by their keys below `sales/cancellation`; null takes a value back. */
export async function setRules(address, token, rules, code = "default") {
  const values = Object.entries(rules).map(([key, value]) => ({ key: `sales/cancellation/${key}`, value }));
  const { updateSettings: outcome } = await ask(address, token, SET, { code, values });
  if (outcome.user_errors.length) throw new Error(`The settings were not taken: ${JSON.stringify(outcome)}`);
}

/** Imports an order. */
export async function importOrder(address, token, order) {
  const { importOrders: outcome } = await ask(address, token, IMPORT, { orders: JSON.stringify(order) });
  if (outcome.imported !== 1) throw new Error(`The order was not taken: ${JSON.stringify(outcome)}`);
}

/** An unpaid order of Anna, newer than those of the demo, as Adobe's REST API writes it. */
export function orderOfAnna(number, change = {}) {
  return {
    entity_id: 900000 + Number(/\d+$/.exec(number)),
    increment_id: number,
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
    billing_address: {
      firstname: "Anna",
      lastname: "Larsen",
      street: ["Main Street 1"],
      city: "Troy",
      postcode: "1",
      country_id: "US",
    },
    payment: { method: "checkmo", additional_information: ["Check"] },
    items: [
      {
        item_id: 1,
        sku: "gift",
        name: "Gift",
        product_type: "virtual",
        is_virtual: 1,
        price: 10,
        row_total: 10,
        qty_ordered: 1,
      },
    ],
    ...change,
  };
}

/** Three units of `Tea` for $10 each, and one `Cup <b>` for $7, to be shipped: what an order is changed to. */
export function teaAndCup() {
  const item = { product_type: "simple", is_virtual: 0 };
  const items = [
    { ...item, item_id: 1, sku: "tea", name: "Tea", price: 10, row_total: 30, qty_ordered: 3 },
    { ...item, item_id: 2, sku: "cup", name: "Cup <b>", price: 7, row_total: 7, qty_ordered: 1 },
  ];
  return { items, is_virtual: 0, subtotal: 37, grand_total: 37, base_grand_total: 37 };
}

/** The order with all of it invoiced and paid. */
export function paid(order) {
  const total = order.grand_total;
  const items = order.items.map((item) => ({ ...item, qty_invoiced: item.qty_ordered, row_invoiced: item.row_total }));
  return { ...order, state: "processing", status: "processing", total_invoiced: total, total_paid: total, items };
}

/** An unpaid order of a guest, as `orderOfAnna`. */
export function orderOfGuest(number, change = {}) {
  const guest = { customer_email: GUEST_EMAIL, customer_id: null, customer_is_guest: 1 };
  return orderOfAnna(number, { ...guest, ...change });
}

/** Carries out a mutation of staff that answers `user_errors`. */
export async function carriedOut(address, token, mutation, variables) {
  const [{ user_errors: errors }] = Object.values(await ask(address, token, mutation, variables));
  if (errors.length) throw new Error(`Staff was refused: ${JSON.stringify(errors)}`);
}

/** The id of an order, and the ids of its items in their sequence. */
export async function idsOf(address, token, number) {
  const { orders } = await ask(address, token, IDS, { number });
  const [{ order }] = orders.items;
  return { id: order.id, items: order.items.map(({ id }) => id) };
}

/** Id and token of an order of `orderOfGuest`. */
export async function guestOrder(address, number) {
  const query = `query Find($number: String!) {
    guestOrder(input: { number: $number, email: "${GUEST_EMAIL}", lastname: "Larsen" }) { id token }
  }`;
  const { guestOrder: order } = await ask(address, undefined, query, { number });
  return order;
}

/** A link as in the mail to a guest, with a key that is not the order's. */
export function confirmationLink(site, { id, token }) {
  const asked = new URLSearchParams({ order_id: id, confirmation_key: "k".repeat(32), orderRef: token });
  return `${site}/sales/guest/view?${asked}&action=cancel`;
}

/** Sends an operation, with a token of staff or without a token. */
export async function ask(address, token, query, variables) {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { errors, data } = await response.json();
  if (errors) throw new Error(`The shop refused: ${JSON.stringify(errors)}`);
  return data;
}
