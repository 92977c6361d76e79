// What a cancellation would do, as the shop quotes it. With the quote's id, a cancellation does exactly that or
// nothing.

import { itemsCanBeCanceled } from "./added_fields.js";
import { mutation } from "./backend.js";
import { withTextsDecoded } from "./text.js";

const PREVIEW = `mutation PreviewCancellation($input: PreviewCancellationInput!) {
  previewCancellation(input: $input) {
    quote {
      id
      items { product_sku refund { value currency } }
      shipping_refund { value currency }
      other_charges_refund { value currency }
      fee { value currency }
      canceled_total { value currency }
      tenders { tender payment_method amount { value currency } }
    }
  }
}`;

/**
 * The quote for a wish: `named` is the order by `{ order_id }` or `{ token }`, the wish is as in `cancelOrder`. None
 * where the shop makes no quotes, or does not cancel this.
 */
export async function quoteFor(named, { reason, items }) {
  if (!(await itemsCanBeCanceled())) return undefined;
  const { previewCancellation: outcome } = await mutation(PREVIEW, { input: { ...named, reason, items } });
  return withTextsDecoded(outcome.quote) ?? undefined;
}
