//! The address of a channel, and the token that the channel gave to the seller.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use thiserror::Error;

use crate::http;

/// What is needed to talk with a channel.
#[derive(Debug, Clone)]
pub struct HttpChannelSettings {
    /// The base address; `/v1/...` is appended to it.
    pub(super) base: Url,
    /// The token of the seller.
    pub(super) token: SellerToken,
    /// The longest time for an answer.
    pub(super) timeout: Duration,
}

/// The token that the channel gave to the seller. It is shown nowhere.
#[derive(Clone)]
pub struct SellerToken(HeaderValue);

/// Why a channel cannot be used with these settings. No text holds the token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HttpChannelSetupError {
    /// The address is not a plain web address.
    #[error("the address of a channel is an http(s) address without a user, a query and a fragment")]
    Address,
    /// The token is empty or cannot be sent.
    #[error("the token of a channel has 1 to 4096 printable ASCII characters without spaces")]
    Token,
    /// The HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Client(String),
}

impl HttpChannelSettings {
    /// The longest time for an answer, unless another one is set.
    pub const TIMEOUT: Duration = Duration::from_secs(20);

    /// The settings for the channel at `address` with the seller's `token`.
    pub fn parse(address: &str, token: &str) -> Result<Self, HttpChannelSetupError> {
        Ok(Self {
            base: http::base_address(address).ok_or(HttpChannelSetupError::Address)?,
            token: SellerToken::parse(token)?,
            timeout: Self::TIMEOUT,
        })
    }

    /// The same settings with another time for an answer.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

impl SellerToken {
    /// Reads a token.
    pub fn parse(text: &str) -> Result<Self, HttpChannelSetupError> {
        http::bearer(text).map(Self).ok_or(HttpChannelSetupError::Token)
    }

    /// The header that carries the token.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for SellerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SellerToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_not_shown() {
        let settings =
            HttpChannelSettings::parse("https://channel.example/seller/", "tok-123").expect("an answer");
        assert!(!format!("{settings:?}").contains("tok-123"), "{settings:?}");
    }

    #[test]
    fn an_address_with_credentials_or_of_another_kind_is_refused() {
        for address in [
            "ftp://channel.example",
            "https://user@channel.example",
            "https://user:word@channel.example",
            "https://channel.example/?token=1",
            "https://channel.example/#part",
            "channel.example",
        ] {
            let error = HttpChannelSettings::parse(address, "token").expect_err("a failure");
            assert_eq!(error, HttpChannelSetupError::Address, "{address}");
        }
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        for token in ["", "two words", "line\nbreak", "tok\u{e9}n"] {
            let error = HttpChannelSettings::parse("https://channel.example", token).expect_err("a failure");
            assert_eq!(error, HttpChannelSetupError::Token, "{token:?}");
        }
    }
}
