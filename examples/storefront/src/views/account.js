// The page "My account": the newest orders, and the data of the customer.

import { subscriptionsExist } from "../added_fields.js";
import { loadAccount } from "../customer.js";
import { element, heading } from "../element.js";
import { date } from "../format.js";
import { words } from "../language.js";
import { listOrders } from "../orders.js";
import { address } from "./order_documents.js";
import { orderList } from "./order_list.js";

const RECENT_ORDERS = 5;

export async function accountView() {
  const [customer, orders, hasSubscriptions] = await Promise.all([
    loadAccount(),
    listOrders(1, RECENT_ORDERS),
    subscriptionsExist(),
  ]);
  return {
    title: words.myAccount,
    content: [
      heading(words.myAccount),
      recentOrders(orders),
      hasSubscriptions && subscriptionsLink(),
      aboutYou(customer),
      addressBook(customer.addresses ?? []),
    ].filter(Boolean),
  };
}

function recentOrders({ items, total_count: count }) {
  const content = items.length
    ? [orderList(items), element("p", {}, element("a", { href: "#/orders" }, words.allOrders(count)))]
    : [element("p", { class: "quiet" }, words.noOrders)];
  return element("section", { class: "recent" }, element("h2", {}, words.recentOrders), content);
}

function subscriptionsLink() {
  return element("p", {}, element("a", { href: "#/subscriptions" }, words.mySubscriptions));
}

function aboutYou(customer) {
  const facts = [
    [words.name, `${customer.firstname} ${customer.lastname}`],
    [words.email, customer.email],
    [words.customerSince, customer.created_at && date(customer.created_at)],
    [words.newsletter, customer.is_subscribed ? words.subscribed : words.notSubscribed],
  ];
  const pairs = facts
    .filter(([, value]) => value)
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return element(
    "section",
    { class: "card" },
    element("h2", {}, words.aboutYou),
    element("dl", { class: "facts" }, pairs),
  );
}

function addressBook(all) {
  const title = ({ default_billing: billing, default_shipping: shipping }) =>
    [billing && words.defaultBilling, shipping && words.defaultShipping].filter(Boolean).join(", ") || words.address;
  const content = all.length
    ? all.map((value) => address(title(value), value))
    : [element("p", { class: "quiet" }, words.noAddresses)];
  return element("section", { class: "card" }, element("h2", {}, words.addresses), content);
}
