//! Amazon: the Selling Partner API's orders of 2026-01-01, and cancellations by feed or by `cancelOrder`.

mod acknowledgement;
mod channel;
mod connection;
mod feed;
mod limits;
mod order_json;
mod report;
mod settings;
mod setup_error;

pub use super::secret::Secret;
pub use channel::AmazonChannel;
pub use settings::{AmazonCredentials, AmazonRegion, AmazonSettings, CancelBy, TOKEN_ADDRESS};
pub use setup_error::AmazonSetupError;
