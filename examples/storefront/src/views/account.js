// The page "My account": the data of the customer.

import { loadAccount } from "../customer.js";
import { element, heading } from "../element.js";
import { date } from "../format.js";
import { address } from "./order_documents.js";

export async function accountView() {
  const customer = await loadAccount();
  const facts = [
    ["Name", `${customer.firstname} ${customer.lastname}`],
    ["E-mail", customer.email],
    ["Customer since", customer.created_at && date(customer.created_at)],
    ["Newsletter", customer.is_subscribed ? "subscribed" : "not subscribed"],
    ["Orders", String(customer.orders.total_count)],
  ];
  const pairs = facts
    .filter(([, value]) => value)
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return {
    title: "My account",
    content: [
      heading("My account"),
      element("section", { class: "card" }, element("h2", {}, "About you"), element("dl", { class: "facts" }, pairs)),
      addressBook(customer.addresses ?? []),
    ],
  };
}

function addressBook(all) {
  const title = ({ default_billing: billing, default_shipping: shipping }) =>
    [billing && "Default billing", shipping && "Default shipping"].filter(Boolean).join(", ") || "Address";
  const content = all.length
    ? all.map((value) => address(title(value), value))
    : [element("p", { class: "quiet" }, "No addresses are kept with your account.")];
  return element("section", { class: "card" }, element("h2", {}, "Addresses"), content);
}
