// The fields of an order that its page shows: one fragment, so that every answer can redraw the page.

export const ORDER = `
fragment Order on CustomerOrder {
  id number order_date status email is_virtual
  available_actions
  items { ...Item }
  total {
    subtotal_excl_tax { ...Price }
    discounts { label amount { ...Price } }
    total_shipping { ...Price }
    other_charges { label amount { ...Price } }
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
