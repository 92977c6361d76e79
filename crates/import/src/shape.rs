//! Adobe's field names: all fields that the import reads, and no others.

use serde::Deserialize;

use super::raw::Raw;

/// An order, as `GET /V1/orders/:id` answers it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct OrderShape<'a> {
    pub(super) base_currency_code: Raw<'a>,
    pub(super) base_grand_total: Raw<'a>,
    pub(super) billing_address: Raw<'a>,
    pub(super) coupon_code: Raw<'a>,
    pub(super) created_at: Raw<'a>,
    pub(super) customer_balance_amount: Raw<'a>,
    pub(super) customer_email: Raw<'a>,
    pub(super) customer_firstname: Raw<'a>,
    pub(super) customer_group_id: Raw<'a>,
    pub(super) customer_id: Raw<'a>,
    pub(super) customer_is_guest: Raw<'a>,
    pub(super) customer_lastname: Raw<'a>,
    pub(super) customer_middlename: Raw<'a>,
    pub(super) customer_prefix: Raw<'a>,
    pub(super) customer_suffix: Raw<'a>,
    pub(super) discount_amount: Raw<'a>,
    pub(super) discount_description: Raw<'a>,
    pub(super) entity_id: Raw<'a>,
    pub(super) extension_attributes: Raw<'a>,
    pub(super) gift_cards_amount: Raw<'a>,
    pub(super) grand_total: Raw<'a>,
    pub(super) hold_before_state: Raw<'a>,
    pub(super) hold_before_status: Raw<'a>,
    pub(super) increment_id: Raw<'a>,
    pub(super) is_virtual: Raw<'a>,
    pub(super) items: Raw<'a>,
    pub(super) order_currency_code: Raw<'a>,
    pub(super) payment: Raw<'a>,
    pub(super) reward_currency_amount: Raw<'a>,
    pub(super) shipping_amount: Raw<'a>,
    pub(super) shipping_canceled: Raw<'a>,
    pub(super) shipping_description: Raw<'a>,
    pub(super) shipping_discount_amount: Raw<'a>,
    pub(super) shipping_discount_tax_compensation_amount: Raw<'a>,
    pub(super) shipping_invoiced: Raw<'a>,
    pub(super) shipping_refunded: Raw<'a>,
    pub(super) shipping_tax_amount: Raw<'a>,
    pub(super) state: Raw<'a>,
    pub(super) status: Raw<'a>,
    pub(super) status_histories: Raw<'a>,
    pub(super) status_label: Raw<'a>,
    pub(super) tax_amount: Raw<'a>,
    pub(super) store_id: Raw<'a>,
    pub(super) total_canceled: Raw<'a>,
    pub(super) total_invoiced: Raw<'a>,
    pub(super) total_paid: Raw<'a>,
    pub(super) total_refunded: Raw<'a>,
    pub(super) updated_at: Raw<'a>,
}

/// An entry of `items`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ItemShape<'a> {
    pub(super) amount_refunded: Raw<'a>,
    pub(super) discount_amount: Raw<'a>,
    pub(super) discount_invoiced: Raw<'a>,
    pub(super) discount_refunded: Raw<'a>,
    pub(super) discount_tax_compensation_amount: Raw<'a>,
    pub(super) discount_tax_compensation_invoiced: Raw<'a>,
    pub(super) discount_tax_compensation_refunded: Raw<'a>,
    pub(super) extension_attributes: Raw<'a>,
    pub(super) is_virtual: Raw<'a>,
    pub(super) item_id: Raw<'a>,
    pub(super) name: Raw<'a>,
    pub(super) original_price: Raw<'a>,
    pub(super) parent_item: Raw<'a>,
    pub(super) parent_item_id: Raw<'a>,
    pub(super) price: Raw<'a>,
    pub(super) price_incl_tax: Raw<'a>,
    pub(super) product_option: Raw<'a>,
    pub(super) product_options: Raw<'a>,
    pub(super) product_type: Raw<'a>,
    pub(super) qty_canceled: Raw<'a>,
    pub(super) qty_invoiced: Raw<'a>,
    pub(super) qty_ordered: Raw<'a>,
    pub(super) qty_refunded: Raw<'a>,
    pub(super) qty_shipped: Raw<'a>,
    pub(super) row_invoiced: Raw<'a>,
    pub(super) row_total: Raw<'a>,
    pub(super) sku: Raw<'a>,
    pub(super) tax_amount: Raw<'a>,
    pub(super) tax_invoiced: Raw<'a>,
    pub(super) tax_percent: Raw<'a>,
    pub(super) tax_refunded: Raw<'a>,
    pub(super) weee_tax_applied_row_amount: Raw<'a>,
}

/// `extension_attributes` of an item.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ItemExtensionShape<'a> {
    pub(super) subscription: Raw<'a>,
}

/// `extension_attributes.subscription` of an item. The fields are not Adobe's: its own shop sells no subscriptions.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct SubscriptionShape<'a> {
    pub(super) interval_count: Raw<'a>,
    pub(super) interval_unit: Raw<'a>,
    pub(super) paid_from: Raw<'a>,
    pub(super) paid_until: Raw<'a>,
    pub(super) subscription_id: Raw<'a>,
}

/// `items[].parent_item`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ParentShape<'a> {
    pub(super) item_id: Raw<'a>,
}

/// `billing_address`, or a shipping assignment's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct AddressShape<'a> {
    pub(super) city: Raw<'a>,
    pub(super) company: Raw<'a>,
    pub(super) country_id: Raw<'a>,
    pub(super) fax: Raw<'a>,
    pub(super) firstname: Raw<'a>,
    pub(super) lastname: Raw<'a>,
    pub(super) middlename: Raw<'a>,
    pub(super) postcode: Raw<'a>,
    pub(super) prefix: Raw<'a>,
    pub(super) region: Raw<'a>,
    pub(super) region_id: Raw<'a>,
    pub(super) street: Raw<'a>,
    pub(super) suffix: Raw<'a>,
    pub(super) telephone: Raw<'a>,
    pub(super) vat_id: Raw<'a>,
}

/// `payment`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct PaymentShape<'a> {
    pub(super) additional_information: Raw<'a>,
    pub(super) amount_authorized: Raw<'a>,
    pub(super) amount_ordered: Raw<'a>,
    pub(super) extension_attributes: Raw<'a>,
    pub(super) last_trans_id: Raw<'a>,
    pub(super) method: Raw<'a>,
}

/// `extension_attributes` of `payment`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct PaymentExtensionShape<'a> {
    /// Not Adobe's: its REST API does not tell what the payment provider charged in another currency.
    pub(super) charged: Raw<'a>,
}

/// `charged` of `payment.extension_attributes` and of a tender.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ChargedShape<'a> {
    pub(super) amount: Raw<'a>,
    pub(super) currency: Raw<'a>,
}

/// An entry of `status_histories`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct CommentShape<'a> {
    pub(super) comment: Raw<'a>,
    pub(super) created_at: Raw<'a>,
    pub(super) entity_id: Raw<'a>,
    pub(super) is_customer_notified: Raw<'a>,
    pub(super) is_visible_on_front: Raw<'a>,
    pub(super) status: Raw<'a>,
}

/// `extension_attributes` of an order.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ExtensionShape<'a> {
    pub(super) applied_taxes: Raw<'a>,
    /// Not Adobe's: its REST API does not tell the rule of a coupon.
    pub(super) coupon_expires_at: Raw<'a>,
    pub(super) customer_balance_amount: Raw<'a>,
    pub(super) gift_cards_amount: Raw<'a>,
    /// Not Adobe's: its REST API does not tell it.
    pub(super) gift_cards_expire_at: Raw<'a>,
    pub(super) payment_additional_info: Raw<'a>,
    pub(super) reward_currency_amount: Raw<'a>,
    pub(super) reward_points_balance: Raw<'a>,
    /// Not Adobe's: its REST API does not tell it.
    pub(super) reward_points_expire_at: Raw<'a>,
    pub(super) sales_channel: Raw<'a>,
    pub(super) shipping_assignments: Raw<'a>,
    pub(super) status_label: Raw<'a>,
    pub(super) tenders: Raw<'a>,
}

/// An entry of `extension_attributes.tenders`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct TenderShape<'a> {
    pub(super) amount_authorized: Raw<'a>,
    pub(super) amount_ordered: Raw<'a>,
    pub(super) amount_paid: Raw<'a>,
    pub(super) amount_refunded: Raw<'a>,
    pub(super) charged: Raw<'a>,
    pub(super) kind: Raw<'a>,
    pub(super) last_trans_id: Raw<'a>,
    pub(super) method: Raw<'a>,
    pub(super) title: Raw<'a>,
}

/// `extension_attributes.sales_channel`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct SalesChannelShape<'a> {
    pub(super) name: Raw<'a>,
    pub(super) order_number: Raw<'a>,
}

/// An entry of `extension_attributes.applied_taxes`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct TaxShape<'a> {
    pub(super) amount: Raw<'a>,
    pub(super) percent: Raw<'a>,
    pub(super) title: Raw<'a>,
}

/// An entry of `extension_attributes.shipping_assignments`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct AssignmentShape<'a> {
    pub(super) shipping: Raw<'a>,
}

/// `shipping` of a shipping assignment.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ShippingShape<'a> {
    pub(super) address: Raw<'a>,
    pub(super) method: Raw<'a>,
}
