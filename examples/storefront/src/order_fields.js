// The fields of an order that its page shows: one fragment, so that every answer can redraw the page.

import { ordersHaveMore } from "./added_fields.js";

/** The fragment `Order`, with the fields that Countermand adds where the shop has them. */
export async function orderFields() {
  return (await ordersHaveMore()) ? ORDER + MORE : ORDER + NO_MORE;
}

/** The fragment `Listed`: what a list shows of an order beside Adobe's fields, where the shop has it. */
export async function listedFields() {
  return (await ordersHaveMore()) ? LISTED_MORE : LISTED_NO_MORE;
}

const ORDER = `
fragment Order on CustomerOrder {
  ...More
  id number order_date status email is_virtual
  available_actions
  items { ...Item }
  total {
    subtotal_excl_tax { ...Price }
    discounts { label amount { ...Price } }
    total_shipping { ...Price }
    total_tax { ...Price }
    total_giftcard { ...Price }
    grand_total { ...Price }
  }
  billing_address { ...Address }
  shipping_address { ...Address }
  shipping_method
  payment_methods { name }
  shipments { number tracking { title number } }
  credit_memos {
    number
    items { product_name quantity_refunded }
    total { grand_total { ...Price } }
  }
  comments { message timestamp }
}
fragment Item on OrderItemInterface {
  id product_name product_sku
  selected_options { label value }
  quantity_ordered quantity_shipped quantity_canceled quantity_refunded
  prices { price { ...Price } row_total { ...Price } }
  ... on BundleOrderItem { bundle_options { label values { product_name } } }
}
fragment Address on OrderAddress {
  firstname lastname company street city region postcode country_code telephone
}
fragment Price on Money { value currency }
`;

const MORE = `
fragment More on CustomerOrder {
  refunds { amount { ...Price } state }
  cancellation_request { status due_at decision_reason }
  cancellation_terms {
    action reason_required comment_required deadline
    refusal { code }
    refusals { code message hint }
    fee { ...Price }
    items { item { id } action quantity_open quantity_in_fulfilment }
  }
  items { quantity_cancellation_requested }
  total { other_charges { label amount { ...Price } } }
}
`;

const NO_MORE = `
fragment More on CustomerOrder { id }
`;

const LISTED_MORE = `
fragment Listed on CustomerOrder {
  cancellation_request { status }
  cancellation_terms { items { action } }
}
`;

const LISTED_NO_MORE = `
fragment Listed on CustomerOrder { id }
`;
