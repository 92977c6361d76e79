//! The rows of the database's tables. Only this crate sees them.

#![expect(unreachable_pub, reason = "the entity derives make public items")]

pub(crate) mod access_token;
pub(crate) mod audit_entry;
pub(crate) mod bulk_cancellation;
pub(crate) mod bulk_cancellation_order;
pub(crate) mod cancellation;
pub(crate) mod cancellation_quote;
pub(crate) mod cancellation_request;
pub(crate) mod channel;
pub(crate) mod channel_import;
pub(crate) mod channel_order;
pub(crate) mod channel_order_version;
pub(crate) mod counter;
pub(crate) mod credit_memo;
pub(crate) mod customer;
pub(crate) mod customer_order_count;
pub(crate) mod early_payment;
pub(crate) mod guest_key;
pub(crate) mod idempotency_key;
pub(crate) mod idempotent_change;
pub(crate) mod installation;
pub(crate) mod invoice;
pub(crate) mod obligation;
pub(crate) mod order;
pub(crate) mod order_comment;
pub(crate) mod order_event;
pub(crate) mod order_item;
pub(crate) mod order_status;
pub(crate) mod order_subscription;
pub(crate) mod password_reset;
pub(crate) mod payment_account;
pub(crate) mod payment_transaction;
pub(crate) mod provider_report;
pub(crate) mod rate_limit;
pub(crate) mod reversal_entry;
pub(crate) mod setting;
pub(crate) mod shipment;
pub(crate) mod status_label;
pub(crate) mod store;
pub(crate) mod store_group;
pub(crate) mod webhook_attempt;
pub(crate) mod webhook_endpoint;
pub(crate) mod website;
