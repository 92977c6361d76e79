//! The migrations of the database, oldest first. They are the same for SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! The schema has no sequences, no triggers, and no foreign keys to tables outside an order, so every row of an order
//! can be placed by its `order_id`. Instants are microseconds since 1970 UTC, money is minor units, and quantities are
//! ten-thousandths. All are 64-bit integers, which are the same bytes on every database.

pub use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod column;
mod m0001_shop;
mod m0002_customers;
mod m0003_orders;
mod m0004_documents;
mod m0005_trail;
mod m0006_jobs;
mod m0007_limits;
mod m0008_password_resets;
mod m0009_obligations;
mod m0010_event_data;
mod m0011_pages_of_orders;
mod m0012_expired_tokens;
mod m0013_order_counts;
mod m0014_order_statuses;
mod m0015_longer_texts;
mod m0016_prepaid_refunds;
mod m0017_other_charges;
mod m0018_open_invoices_and_owed_money;
mod m0019_token_use;
mod m0020_audit_filters;
mod m0021_cancellation_times;
mod m0022_payment_names;
mod m0023_guest_key_intents;
mod m0024_policy;
mod m0025_requests;
mod m0026_fulfilment;
mod m0027_bulk_cancellations;
mod m0028_room_for_changes;
mod m0031_deliveries;
mod m0032_subscriptions;
mod m0034_channels;
mod m0035_customer_groups;
mod m0036_found_by_channel;
mod m0037_bulk_failures;
mod m0039_channel_requests;
mod m0041_payment_providers;
mod m0043_payment_webhooks;
mod m0044_idempotency_keys;
mod m0045_webhooks;
mod m0046_abandoned_and_outside_money;
mod m0048_history_chain;
mod m0050_provider_reports;
mod m0051_tenders;
mod m0053_changes_of_many_orders;
mod m0054_request_bodies;
mod m0055_early_payments;
mod m0056_failed_refunds;
mod m0058_requests_per_second;
mod m0059_withheld_refunds;
mod m0060_keys_of_an_owner;
mod m0061_charged_amounts;

/// Runs the migrations.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_shop::Migration),
            Box::new(m0002_customers::Migration),
            Box::new(m0003_orders::Migration),
            Box::new(m0004_documents::Migration),
            Box::new(m0005_trail::Migration),
            Box::new(m0006_jobs::Migration),
            Box::new(m0007_limits::Migration),
            Box::new(m0008_password_resets::Migration),
            Box::new(m0009_obligations::Migration),
            Box::new(m0010_event_data::Migration),
            Box::new(m0011_pages_of_orders::Migration),
            Box::new(m0012_expired_tokens::Migration),
            Box::new(m0013_order_counts::Migration),
            Box::new(m0014_order_statuses::Migration),
            Box::new(m0015_longer_texts::Migration),
            Box::new(m0016_prepaid_refunds::Migration),
            Box::new(m0017_other_charges::Migration),
            Box::new(m0018_open_invoices_and_owed_money::Migration),
            Box::new(m0019_token_use::Migration),
            Box::new(m0020_audit_filters::Migration),
            Box::new(m0021_cancellation_times::Migration),
            Box::new(m0022_payment_names::Migration),
            Box::new(m0023_guest_key_intents::Migration),
            Box::new(m0024_policy::Migration),
            Box::new(m0025_requests::Migration),
            Box::new(m0026_fulfilment::Migration),
            Box::new(m0027_bulk_cancellations::Migration),
            Box::new(m0028_room_for_changes::Migration),
            Box::new(m0031_deliveries::Migration),
            Box::new(m0032_subscriptions::Migration),
            Box::new(m0034_channels::Migration),
            Box::new(m0035_customer_groups::Migration),
            Box::new(m0036_found_by_channel::Migration),
            Box::new(m0037_bulk_failures::Migration),
            Box::new(m0039_channel_requests::Migration),
            Box::new(m0041_payment_providers::Migration),
            Box::new(m0043_payment_webhooks::Migration),
            Box::new(m0044_idempotency_keys::Migration),
            Box::new(m0045_webhooks::Migration),
            Box::new(m0046_abandoned_and_outside_money::Migration),
            Box::new(m0048_history_chain::Migration),
            Box::new(m0050_provider_reports::Migration),
            Box::new(m0051_tenders::Migration),
            Box::new(m0053_changes_of_many_orders::Migration),
            Box::new(m0054_request_bodies::Migration),
            Box::new(m0055_early_payments::Migration),
            Box::new(m0056_failed_refunds::Migration),
            Box::new(m0058_requests_per_second::Migration),
            Box::new(m0059_withheld_refunds::Migration),
            Box::new(m0060_keys_of_an_owner::Migration),
            Box::new(m0061_charged_amounts::Migration),
        ]
    }
}
