//! The one rule for the words in which buyers see money that goes back.
//!
//! The order and the updates of its refunds ask the same function, so they cannot say different words.

use countermand_domain::{ReversalEntry, ReversalOperation, ReversalState};
use countermand_persistence::ReversalSeries;

use crate::payments::{BY_HAND, BY_KEEPER, WITHOUT_REFERENCE};

/// The state of money that goes back, in the words for buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundWord {
    /// The shop has decided to give the money back, and it is not there yet.
    OnItsWay,
    /// Something is in the way, and the shop looks into it.
    LookedInto,
    /// Captured money was paid back.
    Refunded,
    /// A reserved amount was released.
    Released,
    /// The shop ended it, and did not give the money back.
    NotRefunded,
}

impl RefundWord {
    /// The word for a void or a refund as it is now: by its row first, and by its newest state at the payment provider.
    ///
    /// What a person pays by hand from the beginning is on its way. What a payment provider should have carried out, and
    /// what was left to staff, is looked into. What staff lets the provider try again is on its way again.
    pub(crate) fn of(series: &ReversalSeries) -> Self {
        if series.settled_at.is_some() {
            return if gives_captured_money(series) {
                Self::Refunded
            } else {
                Self::Released
            };
        }
        if series.abandoned_at.is_some() {
            return Self::NotRefunded;
        }
        let was_sent = !series.entries.is_empty();
        if series.left_to_staff_at.is_some() {
            return if is_by_hand(&series.problem, was_sent) {
                Self::OnItsWay
            } else {
                Self::LookedInto
            };
        }
        let waits_for_person = |last: &ReversalEntry| last.state == ReversalState::RequiresAction;
        if series.entries.last().is_some_and(waits_for_person) {
            Self::LookedInto
        } else {
            Self::OnItsWay
        }
    }
}

/// Whether staff, or the keeper of a balance, moves the money from the beginning: no payment provider is there for it.
/// `problem` is the text of the obligation's row, and `was_sent` says whether a payment provider has heard of it.
pub(crate) fn is_by_hand(problem: &str, was_sent: bool) -> bool {
    !was_sent && ["", BY_HAND, BY_KEEPER, WITHOUT_REFERENCE].contains(&problem)
}

/// Whether captured money goes back: a void of an authorization that was captured meanwhile turns into a refund.
fn gives_captured_money(series: &ReversalSeries) -> bool {
    series.entries.last().map_or(series.is_refund, |last| {
        last.call.operation == ReversalOperation::Refund
    })
}
