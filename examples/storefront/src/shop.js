// The data of the store view.

import { ordersHaveMore } from "./added_fields.js";
import { query } from "./backend.js";
import { decoded } from "./text.js";

const SHOP = `query Shop {
  storeConfig { store_name locale }
}`;

const reasonsDocument = (more) => `query Reasons {
  storeConfig { order_cancellation_reasons { description ${more} } }
}`;

const SWITCH = `query Switch {
  storeConfig { order_cancellation_enabled }
}`;

/** The shop's name, and its locale as browsers spell it: `en-US`. */
export async function loadShop() {
  const { storeConfig } = await query(SHOP);
  return { name: decoded(storeConfig.store_name), locale: storeConfig.locale.replaceAll("_", "-") };
}

/**
 * The reasons of a cancellation, in the shop's sequence: the `value` to send, the `text` to show, and whether the
 * reason `needsComment`. They are read each time, because the merchant may change them.
 */
export async function cancellationReasons() {
  const { storeConfig } = await query(reasonsDocument((await ordersHaveMore()) ? "needs_comment" : ""));
  return storeConfig.order_cancellation_reasons.map(({ description, needs_comment: needsComment = false }) => ({
    value: description,
    text: decoded(description),
    needsComment,
  }));
}

/** Whether the shop lets buyers cancel orders at the moment. */
export async function buyersMayCancel() {
  const { storeConfig } = await query(SWITCH);
  return storeConfig.order_cancellation_enabled;
}
