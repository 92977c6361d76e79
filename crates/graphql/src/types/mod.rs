//! The types of the schema that carry data: each one translates what a use case answers. Fields that are
//! empty in this shop and name orders are here too: `adobe_customer`, `adobe_order` and `returns`.

mod address;
mod adobe_customer;
mod adobe_order;
mod cancel_order;
mod cancellation_reason;
mod cancellation_refusal;
mod cancellation_terms;
mod comment;
mod coupon;
mod credit_memo;
mod customer;
mod customer_info;
mod customer_orders;
mod customer_orders_field;
mod customer_orders_filter;
mod customer_orders_input;
mod document;
mod document_item;
mod document_total;
mod invoice;
mod item_details;
mod item_prices;
mod order;
mod order_item;
mod other_amount;
mod payment_method;
mod refund;
mod refusal_text;
mod returns;
mod row;
mod shipment;
mod store_config;
mod tax_and_discount;
mod total;

pub(crate) use cancel_order::CancelOrderOutput;
pub(crate) use cancellation_reason::CancellationReason;
pub(crate) use cancellation_refusal::in_contract_words;
pub(crate) use customer::Customer;
pub(crate) use customer_orders::CustomerOrders;
pub(crate) use customer_orders_field::selects;
pub(crate) use order::CustomerOrder;
pub(crate) use order_item::OrderItemInterface;
pub(crate) use store_config::StoreConfig;
