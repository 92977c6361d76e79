// The demo shop behind the pages: its people and orders, and what its staff can do.

export const ANNA = { email: "anna@example.com", password: "Countermand-1" };
/** Anna's orders in the store view `default`. */
export const UNPAID = "000000084";
export const PAID = "000000082";
export const SHIPPED = "000000081";
/** An order without an account. */
export const GUEST = { number: "000000083", email: "walter.brooks@example.com", lastname: "Brooks", postcode: "05401" };

const CONFIGURE = `mutation Configure($input: UpdateCancellationConfigInput!) {
  updateCancellationConfig(input: $input) { user_errors { message } }
}`;

/** Changes settings of the store view `default` with a staff token. */
export async function configure(address, token, settings) {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: CONFIGURE, variables: { input: { scope: "STORE", code: "default", ...settings } } }),
  });
  const { errors, data } = await response.json();
  const refused = errors ?? data.updateCancellationConfig.user_errors;
  if (refused.length) throw new Error(`The settings were not taken: ${JSON.stringify(refused)}`);
}
