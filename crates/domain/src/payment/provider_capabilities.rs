//! What a payment provider can do, as far as the next request for a void or a refund depends on it.

use chrono::TimeDelta;

/// How the outcome of a request can be learned at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUp {
    /// By our key. When nothing is found, the request has certainly not arrived.
    Certain,
    /// By our key. When nothing is found, the request may still be on its way.
    Likely,
    /// Not at all: only the provider's own message tells.
    None,
}

/// The abilities of a payment provider on which the next request depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderCapabilities {
    /// How long a repeated request with the same key is recognized; none for ever.
    pub key_retention: Option<TimeDelta>,
    /// How an outcome can be learned.
    pub look_up: LookUp,
    /// Whether the answer to a request can tell its outcome; if not, only a message of the provider does.
    pub answers_at_once: bool,
    /// Whether a payment can be read before a request is sent, to compare it with the books.
    pub reads_payments: bool,
    /// Whether one call gives a whole payment back, whether it is captured or not.
    pub reverses_either: bool,
}
