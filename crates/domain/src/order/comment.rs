//! An entry of an order's history.

use chrono::{DateTime, Utc};

/// A line of an order's history, and who may see it (`docs/contract.md` section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text, HTML-escaped where it holds what a person typed.
    pub text: String,
    /// The order's status after the change.
    pub status: String,
    /// Whether storefronts show the line.
    pub visible_on_front: bool,
    /// Whether the customer was told; unset where the shop did not decide this.
    pub customer_notified: Option<bool>,
    /// When the line was written.
    pub created_at: DateTime<Utc>,
}

/// Escapes `text` as the contract stores reasons: `&`, `<`, `>`, and both quotes.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#039;"),
            other => escaped.push(other),
        }
    }
    escaped
}
