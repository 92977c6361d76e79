// What the store view says about itself.

import { query } from "./backend.js";

const SHOP = `query Shop {
  storeConfig { store_name locale }
}`;

const REASONS = `query Reasons {
  storeConfig { order_cancellation_reasons { description } }
}`;

/** The shop's name, and its locale as browsers spell it: `en-US`. */
export async function loadShop() {
  const { storeConfig } = await query(SHOP);
  return { name: storeConfig.store_name, locale: storeConfig.locale.replaceAll("_", "-") };
}

/** Why customers cancel, in the shop's order. Asked each time, because the merchant may have changed the list. */
export async function cancellationReasons() {
  const { storeConfig } = await query(REASONS);
  return storeConfig.order_cancellation_reasons.map((reason) => reason.description);
}
