//! Buy with Prime: its GraphQL API of version 2024-11-01 with `order` and `cancelOrder`.
//!
//! `docs/channels-buy-with-prime.md` says which of its facts are published, and which are not established.

mod channel;
mod connection;
mod graphql;
mod order_json;
mod settings;
mod watched;

pub use super::secret::Secret;
pub use channel::BuyWithPrimeChannel;
pub use settings::{
    API_ADDRESS, BuyWithPrimeCredentials, BuyWithPrimeSettings, BuyWithPrimeSetupError, TOKEN_ADDRESS,
};
pub use watched::WatchedOrders;
