// The links in mails. What they hold stands in the query, where mails for Adobe's storefront have it too.

const NAMES = ["action", "order_id", "confirmation_key", "orderRef", "email", "token"];

/** The page that a mailed link leads to, with what the link holds; none when the query is no such link. */
export function mailedLink(search) {
  const asked = new URLSearchParams(search);
  const [action, id, key, orderToken, email, token] = NAMES.map((name) => asked.get(name));
  if (action === "cancel") return { page: "confirmation", id, key, token: orderToken };
  if (orderToken) return { page: "order", token: orderToken };
  if (email && token) return { page: "newPassword", email, token };
  return undefined;
}

/** Takes what the link holds out of the address, so that it is neither sent again nor seen by the next reader. */
export function forgetMailedLink(hash = location.hash) {
  const address = new URL(location.href);
  for (const name of NAMES) address.searchParams.delete(name);
  address.hash = hash;
  if (address.href !== location.href) history.replaceState(null, "", address);
}
