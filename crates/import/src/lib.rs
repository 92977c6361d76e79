//! Reads orders as Adobe Commerce's REST API (`GET /V1/orders`) writes them. An order that cannot be read exactly gets
//! a clear refusal, unless it can be canceled neither now nor later: such an order enters with notes.
//!
//! [`OrderDocuments`] cuts a stream into single orders, [`read_order`] turns one
//! into a [`ReadOrder`], and [`ReadOrder::into_order`] gives the order its ids in
//! this database. This crate is pure: it waits for nothing, stores nothing and reads no clock.

mod balance;
mod breakdown;
mod byte_source;
mod charged;
mod charges;
mod date;
mod documents;
mod exact;
mod explanation;
mod family;
mod family_quantities;
mod field_name;
mod fitted;
mod float;
mod history;
mod imported_documents;
mod items;
mod notes;
mod object_scan;
mod options;
mod order;
mod other_fields;
mod payment;
mod payment_title;
mod people;
mod priced;
mod progress;
mod quantities;
mod raw;
mod refused_field;
mod remainder;
mod shape;
mod shipping;
mod subscriptions;
mod tenders;
mod totals;
mod whose_money_counts;

#[cfg(test)]
mod tests;

pub use documents::{DocumentError, OrderDocuments, RawOrder};
pub use order::{ReadOrder, read_order};
pub use people::ExternalCustomer;
pub use refused_field::OrderRefusal;
