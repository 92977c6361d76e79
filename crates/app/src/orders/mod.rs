//! Orders: how they are found, shown, imported and worked on by staff.

pub mod add_order_note;
pub mod create_credit_memo;
pub mod create_invoice;
pub mod create_shipment;
pub mod customer_orders;
pub mod find_orders;
pub mod fulfil_order;
pub mod guest_order;
pub mod hold_order;
pub(crate) mod import_batch;
pub(crate) mod import_customers;
pub(crate) mod import_known_order;
pub mod import_notes;
pub mod import_orders;
pub(crate) mod import_summary;
pub mod open_invoice;
pub(crate) mod order_link;
pub(crate) mod order_refunds;
pub mod order_token;
pub mod order_view;
pub mod record_delivery;
pub mod send_order_confirmation;
pub mod subscriptions;
