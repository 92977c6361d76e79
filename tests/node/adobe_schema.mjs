// The schema of a shop that has none of the fields that Countermand adds to Adobe's types: schema.graphql without them.

import { readFileSync } from "node:fs";

import { buildASTSchema, parse, visit } from "graphql";

/** What docs/contract.md and docs/adobe-compatibility.md name as Countermand's own, by type. */
const ADDED = {
  CancelOrderInput: ["comment", "items", "quote_id"],
  CancellationReason: ["code"],
  CreditMemoTotal: ["other_charges", "other_credits"],
  CustomerOrder: ["admin_assisted_order", "cancellation_request", "cancellation_terms", "refunds", "state"],
  CustomerOrdersFilterInput: ["search"],
  GuestOrderCancelInput: ["comment", "items", "quote_id"],
  GuestOrderInformationInput: ["postcode"],
  InvoiceTotal: ["other_charges", "other_credits"],
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
  const without = visit(document, { ObjectTypeDefinition: reduced, InputObjectTypeDefinition: reduced });
  const missing = Object.keys(ADDED).filter((name) => !found.has(name));
  if (missing.length) throw new Error(`schema.graphql has no added fields in ${missing.join(", ")}`);
  return buildASTSchema(without);
}
