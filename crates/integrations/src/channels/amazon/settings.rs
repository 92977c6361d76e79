//! What the adapter must know about the seller's account.

use std::time::Duration;

use reqwest::Url;
use strum::{EnumString, IntoStaticStr};

use crate::channels::secret::Secret;

/// The settings of a seller's account.
#[derive(Debug, Clone)]
pub struct AmazonSettings {
    /// Where the Selling Partner API is, such as [`AmazonRegion::address`].
    pub api: Url,
    /// Where access tokens are given out, such as [`TOKEN_ADDRESS`].
    pub token: Url,
    /// Who the seller is.
    pub credentials: AmazonCredentials,
    /// The marketplaces whose orders are read, such as `A1PA6795UKMFR9` for Germany: 1 to 25.
    pub marketplaces: Vec<String>,
    /// The way in which orders are canceled.
    pub cancel_by: CancelBy,
    /// How long an answer may take.
    pub patience: Duration,
}

/// Where Amazon gives out access tokens.
pub const TOKEN_ADDRESS: &str = "https://api.amazon.com/auth/o2/token";

/// Who the seller is, and the secrets that prove it.
#[derive(Debug, Clone)]
pub struct AmazonCredentials {
    /// The seller's id: the merchant identifier of feeds.
    pub seller_id: String,
    /// The id of the seller's application.
    pub client_id: String,
    /// The password of the application.
    pub client_secret: Secret,
    /// The token that the seller's consent gave to the application.
    pub refresh_token: Secret,
}

/// The way in which orders are canceled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CancelBy {
    /// By a feed of order acknowledgements: documented and current.
    #[default]
    Feed,
    /// By the operation `cancelOrder`, which is not in Amazon's published contract.
    Operation,
}

/// The part of the world in which the seller's account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum AmazonRegion {
    /// North and South America.
    Na,
    /// Europe, the Middle East, Africa and India.
    Eu,
    /// The Far East and Australia.
    Fe,
}

impl AmazonRegion {
    /// The address of the Selling Partner API of the region.
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Na => "https://sellingpartnerapi-na.amazon.com/",
            Self::Eu => "https://sellingpartnerapi-eu.amazon.com/",
            Self::Fe => "https://sellingpartnerapi-fe.amazon.com/",
        }
    }
}
