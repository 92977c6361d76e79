// Signs a customer in and out, changes a forgotten password, and reads the customer's data.

import { mutation, query } from "./backend.js";
import * as session from "./session.js";
import { withTextsDecoded } from "./text.js";

const SIGN_IN = `mutation SignIn($email: String!, $password: String!) {
  generateCustomerToken(email: $email, password: $password) { token }
}`;

const SIGN_OUT = `mutation SignOut {
  revokeCustomerToken { result }
}`;

const REQUEST_LINK = `mutation RequestLink($email: String!) {
  requestPasswordResetEmail(email: $email)
}`;

const RESET = `mutation ResetPassword($email: String!, $token: String!, $password: String!) {
  resetPassword(email: $email, resetPasswordToken: $token, newPassword: $password)
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

/** Has a link to a new password mailed, if there is an account. The answer does not tell whether there is one. */
export async function requestPasswordLink(email) {
  await mutation(REQUEST_LINK, { email });
}

/** Sets a new password with the token of that link. The shop ends all sessions of the account. */
export async function resetPassword(email, token, password) {
  await mutation(RESET, { email, token, password });
  session.forget();
}

export async function loadAccount() {
  const { customer } = await query(ACCOUNT);
  return withTextsDecoded(customer);
}
