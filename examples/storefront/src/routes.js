// The page of each address. Addresses stand behind `#`, so the storefront works at any path of a static server.

import { mailedLink } from "./mailed_links.js";
import { accountView } from "./views/account.js";
import { confirmationView } from "./views/confirmation.js";
import { guestSearchView } from "./views/guest_search.js";
import { newPasswordView } from "./views/new_password.js";
import { customerOrderView, guestOrderView, mailedOrderView } from "./views/order.js";
import { ordersView } from "./views/orders.js";
import { passwordLinkView } from "./views/password_link.js";
import { signInView } from "./views/sign_in.js";
import { subscriptionsView } from "./views/subscriptions.js";

// `view` gets the parts of the path and the query, and answers `{ title, content }`.
const ROUTES = [
  { path: /^\/orders$/, view: (_, query) => ordersView(Number(query.get("page")) || 1), isPrivate: true },
  { path: /^\/orders\/([^/]+)$/, view: ([number]) => customerOrderView(number), isPrivate: true },
  { path: /^\/subscriptions$/, view: () => subscriptionsView(), isPrivate: true },
  { path: /^\/account$/, view: () => accountView(), isPrivate: true },
  { path: /^\/sign-in$/, view: (_, query) => signInView(query.get("next")) },
  { path: /^\/password$/, view: () => passwordLinkView() },
  { path: /^\/guest$/, view: () => guestSearchView() },
  { path: /^\/guest\/([^/]+)$/, view: ([token]) => guestOrderView(token) },
];

// The pages of mailed links.
const MAILED = { confirmation: confirmationView, order: mailedOrderView, newPassword: newPasswordView };

/** The route of an address: of its hash, or of the mailed link that it is. An unknown address is the list of orders. */
export function routeOf({ hash, search }) {
  return routeOfHash(hash) ?? mailedRoute(search) ?? routeOfHash("#/orders");
}

function routeOfHash(hash) {
  const [path, search = ""] = hash.replace(/^#/, "").split("?");
  for (const { path: pattern, view, isPrivate = false } of ROUTES) {
    const parts = pattern.exec(path)?.slice(1).map(decoded);
    if (parts) return { path, isPrivate, view: () => view(parts, new URLSearchParams(search)) };
  }
  return undefined;
}

function mailedRoute(search) {
  const link = mailedLink(search);
  return link && { path: "", isPrivate: false, view: () => MAILED[link.page](link) };
}

/** The address of the sign-in that leads to `path` afterwards. */
export function signInHash(path) {
  return `#/sign-in?${new URLSearchParams({ next: path })}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
