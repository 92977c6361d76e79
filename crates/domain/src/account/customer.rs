//! A registered customer.

use chrono::{DateTime, Utc};

use crate::id::{CustomerId, WebsiteNumber};

/// Somebody with an account on one website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// The website whose stores the account belongs to.
    pub website: WebsiteNumber,
    /// Sign-in name, lower case.
    pub email: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}
