// The schema of a shop that has none of the fields that Countermand adds to Adobe's types: schema.graphql without them.

import { readFileSync } from "node:fs";

import { buildASTSchema, parse, visit } from "graphql";

/** Every type of an order's items, with the interface of all. */
const ITEMS = [
  "BundleOrderItem",
  "ConfigurableOrderItem",
  "DownloadableOrderItem",
  "GiftCardOrderItem",
  "OrderItem",
  "OrderItemInterface",
];
/** What docs/contract.md and docs/adobe-compatibility.md name as Countermand's own, by type. */
const ADDED = {
  CancelOrderInput: ["comment", "items", "quote_id"],
  CancellationReason: ["code", "needs_comment"],
  CreditMemoTotal: ["other_charges", "other_credits"],
  CustomerOrder: ["admin_assisted_order", "cancellation_request", "cancellation_terms", "refunds", "state"],
  CustomerOrdersFilterInput: ["search"],
  GuestOrderCancelInput: ["comment", "items", "quote_id"],
  GuestOrderInformationInput: ["postcode"],
  ...Object.fromEntries(ITEMS.map((type) => [type, ["quantity_cancellation_requested"]])),
  InvoiceTotal: ["other_charges", "other_credits"],
  Mutation: [
    "endSubscription",
    "previewCancellation",
    "requestOrderCancellation",
    "resumeSubscription",
    "withdrawCancellationRequest",
  ],
  OrderInformationInput: ["postcode"],
  OrderTotal: ["other_charges", "other_credits"],
  Query: ["cancellationReasons"],
};

/** The schema without the added fields. Fails when one of the types has none of them. */
export function schemaWithoutAddedFields() {
  const document = parse(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
  const found = new Set();
  const reduced = (type) => {
    const added = ADDED[type.name.value];
    if (!added) return undefined;
    const fields = type.fields.filter(({ name }) => !added.includes(name.value));
    if (fields.length < type.fields.length) found.add(type.name.value);
    return { ...type, fields };
  };
  const without = visit(document, {
    InputObjectTypeDefinition: reduced,
    InterfaceTypeDefinition: reduced,
    ObjectTypeDefinition: reduced,
  });
  const missing = Object.keys(ADDED).filter((name) => !found.has(name));
  if (missing.length) throw new Error(`schema.graphql has no added fields in ${missing.join(", ")}`);
  return buildASTSchema(without);
}
