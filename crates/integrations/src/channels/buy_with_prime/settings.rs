//! What the adapter must know about the merchant's account.

use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

use crate::channels::secret::Secret;

/// Where the GraphQL API is.
pub const API_ADDRESS: &str = "https://api.buywithprime.amazon.com/graphql";
/// Where access tokens are given out.
pub const TOKEN_ADDRESS: &str = "https://api.buywithprime.amazon.com/token";

/// The settings of a merchant's account.
#[derive(Debug, Clone)]
pub struct BuyWithPrimeSettings {
    /// Where the GraphQL API is, such as [`API_ADDRESS`].
    pub api: Url,
    /// Where access tokens are given out, such as [`TOKEN_ADDRESS`].
    pub token: Url,
    /// Who the merchant is.
    pub credentials: BuyWithPrimeCredentials,
    /// How long an answer may take.
    pub patience: Duration,
}

/// The credentials of the API as the merchant console gives them out.
#[derive(Debug, Clone)]
pub struct BuyWithPrimeCredentials {
    /// The id of the client.
    pub client_id: String,
    /// The password of the client.
    pub client_secret: Secret,
    /// The target id: which business of the merchant is meant.
    pub target_id: String,
}

/// Why the settings of a merchant's account cannot be used.
#[derive(Debug, Error)]
pub enum BuyWithPrimeSetupError {
    /// An address is not a web address.
    #[error("`{0}` is not an http(s) address")]
    Address(String),
    /// The target id is no text for a header.
    #[error("the target id has 1 to 128 printable ASCII characters without spaces")]
    TargetId,
    /// The HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Client(String),
}

impl BuyWithPrimeSettings {
    /// Why the settings cannot be used; nothing when they can.
    pub(super) fn check(&self) -> Result<(), BuyWithPrimeSetupError> {
        for url in [&self.api, &self.token] {
            if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
                return Err(BuyWithPrimeSetupError::Address(url.to_string()));
            }
        }
        let target = self.credentials.target_id.as_bytes();
        if (1..=128).contains(&target.len()) && target.iter().all(u8::is_ascii_graphic) {
            Ok(())
        } else {
            Err(BuyWithPrimeSetupError::TargetId)
        }
    }
}
