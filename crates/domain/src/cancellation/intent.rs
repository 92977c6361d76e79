//! What a buyer or staff asks for: which part of an order is canceled, why, and a comment.

use crate::cancellation::{Cancel, CancellationQuote, RefundChoice, Selection};
use crate::order::Actor;

/// What a buyer or a member of staff asks for, as typed. The rules decide whether it happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CancellationIntent {
    /// The reason exactly as sent: a description of the store view's list, or a code.
    pub reason: String,
    /// What the person adds in their own words; none without a comment.
    pub comment: Option<String>,
    /// The part of the order to cancel.
    pub selection: Selection,
    /// The quote that the person accepts; none without one.
    pub quote: Option<CancellationQuote>,
    /// What staff decides about the refund; the rules decide for buyers.
    pub refund: RefundChoice,
}

impl CancellationIntent {
    /// The intent to cancel a whole order.
    #[must_use]
    pub fn all(reason: &str) -> Self {
        Self {
            reason: reason.into(),
            ..Self::default()
        }
    }

    /// The command of `actor`, by the rule that holds for the order's buyer.
    #[must_use]
    pub fn by(&self, actor: Actor) -> Cancel {
        Cancel {
            comment: self.comment.clone(),
            selection: self.selection.clone(),
            quote: self.quote.clone(),
            refund: self.refund.clone(),
            ..Cancel::all(actor, &self.reason)
        }
    }
}
