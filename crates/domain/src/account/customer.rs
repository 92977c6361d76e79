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

/// Something before and something after one `@`, no space or control character: the mail server decides the rest.
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
