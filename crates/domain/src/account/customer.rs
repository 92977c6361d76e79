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

/// Whether `text` has text before and after one `@`, and no space
/// or control character. The mail server checks the rest.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let plain = text
        .chars()
        .all(|it| !it.is_control() && !it.is_whitespace() && !matches!(it, '<' | '>' | '"' | ','));
    let parts = text.split_once('@');
    plain
        && text.len() <= 254
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}
