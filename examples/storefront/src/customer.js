// Signs a customer in and out, and reads the customer's data.

import { mutation, query } from "./backend.js";
import * as session from "./session.js";

const SIGN_IN = `mutation SignIn($email: String!, $password: String!) {
  generateCustomerToken(email: $email, password: $password) { token }
}`;

const SIGN_OUT = `mutation SignOut {
  revokeCustomerToken { result }
}`;

const ACCOUNT = `query Account {
  customer {
    firstname
    lastname
    email
    created_at
    is_subscribed
    addresses {
      firstname lastname company street city postcode country_code telephone
      region { region }
      default_billing default_shipping
    }
    orders(pageSize: 1) { total_count }
  }
}`;

/** Signs in for this tab. A wrong password is a `BackendProblem`. */
export async function signIn(email, password) {
  // The token of another customer must not be sent with the request.
  session.forget();
  const { generateCustomerToken } = await mutation(SIGN_IN, { email, password });
  session.keep(generateCustomerToken.token);
}

/** Signs out here in any case, and at the shop if it can be reached. */
export async function signOut() {
  const revoked = mutation(SIGN_OUT);
  session.forget();
  await revoked.catch(() => {});
}

export async function loadAccount() {
  const { customer } = await query(ACCOUNT);
  return customer;
}
