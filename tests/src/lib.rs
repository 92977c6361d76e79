//! Support for the acceptance tests: each test has a shop with its own database and speaks HTTP with it.

pub mod adapters;
pub mod adyen_server;
pub mod amazon_simulator;
pub mod answer;
pub mod ask;
pub mod buy_with_prime_simulator;
pub mod channel_contract;
pub mod channel_server;
pub mod client;
pub mod customers;
pub mod database;
pub mod event_stream;
pub mod example_server;
pub mod fuzzing;
pub mod hyperswitch_server;
pub mod identity_service;
pub mod jobs;
pub mod local_stripe;
mod log;
pub mod mail_folder;
pub mod nats_server;
pub mod node;
pub mod order_json;
pub mod own_servers;
pub mod payment_contract;
pub mod payment_judge;
pub mod payment_server;
pub mod port;
pub mod process;
pub mod proxy;
pub mod python;
pub mod refusal;
mod reused_database;
mod script;
pub mod served;
pub mod shop;
mod shop_setup;
pub mod smtp_sink;
pub mod socket;
pub mod staff;
pub mod storefront;
pub mod stripe_server;
pub mod time_limit;
pub mod webhook_receiver;

pub use answer::Answer;
pub use ask::Ask;
pub use client::StorefrontClient;
pub use countermand_simulation::{fixed_clock, secret_keys, seeded_env};
pub use database::DatabaseKind;
pub use order_json::OrderJson;
pub use own_servers::OwnServers;
pub use served::ServerSettings;
pub use shop::TestShop;

/// Runs a test on every database: `on_every_database!(a_name, |shop| async move { ... })`.
///
/// PostgreSQL and MariaDB are skipped where `TEST_POSTGRES_URL` or `TEST_MARIADB_URL` is not set, unless
/// `COUNTERMAND_REQUIRE_ALL_DATABASES` is set.
#[macro_export]
macro_rules! on_every_database {
    ($(#[$attribute:meta])* $name:ident, |$shop:ident| $body:expr) => {
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn run(database: $crate::DatabaseKind) {
                let Some(shop) = $crate::TestShop::open(database).await else { return };
                let $shop = shop.clone();
                $body.await;
                shop.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::time_limit::within_limit(run($crate::DatabaseKind::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                $crate::time_limit::within_limit(run($crate::DatabaseKind::Postgres)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_mariadb() {
                $crate::time_limit::within_limit(run($crate::DatabaseKind::MariaDb)).await;
            }
        }
    };
}

/// Runs a test on SQLite alone, for a rule that does not depend on the database:
/// `on_sqlite!(a_name, |shop| async move { ... })`.
#[macro_export]
macro_rules! on_sqlite {
    ($(#[$attribute:meta])* $name:ident, |$shop:ident| $body:expr) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let shop = $crate::TestShop::open($crate::DatabaseKind::Sqlite).await;
            let shop = shop.expect("SQLite is always there");
            let $shop = shop.clone();
            let test = async {
                $body.await;
                shop.close().await;
            };
            $crate::time_limit::within_limit(test).await;
        }
    };
}
