//! Tests of the persistence layer on every database: SQLite always, PostgreSQL and MariaDB where `TEST_POSTGRES_URL`
//! and `TEST_MARIADB_URL` name a server on which databases may be made.

#![expect(
    clippy::disallowed_methods,
    reason = "names and rows of tests need no seeded identifiers"
)]

mod audit;
mod carry_over;
mod change;
mod counter;
mod customer;
mod customer_orders;
mod database;
mod doctor;
mod early_payment;
mod event;
mod feed;
mod full_order;
mod guest_key;
mod idempotency_key;
mod import;
mod lost_answer;
mod migration;
mod obligation;
mod order;
mod order_search;
mod race;
mod racing_settings;
mod rate_limit;
mod reversal;
mod round_trip;
mod shop;
mod shop_structure;
mod subscription;
mod support;
mod text;
mod token;
