//! A registered customer.

use chrono::{DateTime, Utc};

use crate::id::{CustomerId, WebsiteNumber};

/// A customer, who has an account on one website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The id of the customer in this database.
    pub id: CustomerId,
    /// The website whose stores the account belongs to.
    pub website: WebsiteNumber,
    /// The e-mail address with which the customer signs in, in lower case.
    pub email: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}
