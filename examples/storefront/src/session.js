// The signed-in customer's token: kept for this tab, and for the backend that gave it.

import { backend } from "../config.js";

const KEY = `customer-token ${backend}`;

/** The bearer token; none when no customer is signed in. */
export function token() {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function keep(newToken) {
  sessionStorage.setItem(KEY, newToken);
}

export function forget() {
  sessionStorage.removeItem(KEY);
}
