//! A cancellation at a sales channel: what is sent there, and what the channel answers.

use super::order::ChannelOrderNumber;
use crate::money::Quantity;

/// A cancellation that is sent to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCancellation {
    /// Our id of the cancellation: the same at each repetition.
    pub id: String,
    /// The order.
    pub number: ChannelOrderNumber,
    /// The market of the order.
    pub market: Option<String>,
    /// The channel's own code of the reason.
    pub reason_code: String,
    /// What the person added.
    pub comment: Option<String>,
    /// The items with their quantities: all open items.
    pub items: Vec<(String, Quantity)>,
}

/// The answer of a channel to a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAnswer {
    /// The channel took the cancellation and will decide; the reference finds the decision.
    Accepted {
        /// The channel's reference, by which its decision is found.
        reference: String,
    },
    /// The channel says that the order is canceled. The order itself must say so, too.
    Canceled,
    /// The channel refuses.
    Rejected {
        /// The channel's code, word for word.
        code: String,
        /// The channel's explanation, word for word.
        text: String,
    },
    /// The order was shipped, in whole or in part, meanwhile.
    TooLate,
    /// It is not known whether the channel acts.
    Unknown {
        /// What went wrong.
        why: String,
    },
}

/// Why the channel does not do what it was told, although it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelRefusal {
    /// The channel has no such call.
    NotOffered,
    /// The channel refuses with this text.
    Refused(String),
}
