// The demo shop behind the pages: its customers and orders, and operations of its staff.

export const ANNA = { email: "anna@example.com", password: "Countermand-1" };
/** Anna's orders in the store view `default`. */
export const UNPAID = "000000084";
export const PAID = "000000082";
export const SHIPPED = "000000081";
export const PENDING = "000000041";
export const FREE = "000000048";
/** An order of a guest. */
export const GUEST = { number: "000000083", email: "walter.brooks@example.com", lastname: "Brooks", postcode: "05401" };

const CONFIGURE = `mutation Configure($input: UpdateCancellationConfigInput!) {
  updateCancellationConfig(input: $input) { user_errors { message } }
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

/** Imports an order. */
export async function importOrder(address, token, order) {
  const { importOrders: outcome } = await ask(address, token, IMPORT, { orders: JSON.stringify(order) });
  if (outcome.imported !== 1) throw new Error(`The order was not taken: ${JSON.stringify(outcome)}`);
}

async function ask(address, token, query, variables) {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { errors, data } = await response.json();
  if (errors) throw new Error(`The shop refused: ${JSON.stringify(errors)}`);
  return data;
}
