//! A message that a payment provider sends by itself.

use chrono::{DateTime, Utc};
use countermand_domain::ProviderReport;
use thiserror::Error;

/// A request that came in, as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct IncomingMessage<'a> {
    /// The headers whose values are text, with names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body, byte for byte.
    pub body: &'a [u8],
    /// When it arrived.
    pub at: DateTime<Utc>,
}

/// What a message is about. Where the payment can be read at the provider, it says nothing that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderMessage {
    /// The id of the message, the same each time it is sent: at most 80 characters.
    pub id: String,
    /// The provider's references of the payment; empty where it is about no payment.
    pub payments: Vec<String>,
    /// What the message tells of the payment, which is the first one of `payments`; none where the provider is asked.
    pub report: Option<ProviderReport>,
}

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MessageRefusal {
    /// The signature is absent or wrong.
    #[error("the signature is wrong")]
    WrongSignature,
    /// The time of the signature is more than five minutes from now.
    #[error("the time of the signature is too far from now")]
    WrongTime,
    /// The signature is right, and the body has another form than the provider's messages.
    #[error("the message cannot be read")]
    Unreadable,
}

impl<'a> IncomingMessage<'a> {
    /// The value of a header; none when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}
