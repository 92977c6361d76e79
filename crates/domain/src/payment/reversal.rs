//! How far a void or a refund is at its payment provider. Which request is safe to send next stands in
//! `safe_next_request.rs`.
//!
//! The entries of a [`Reversal`] are only ever appended. The last one decides, so a worker that takes over after a
//! crash goes on where the other one stopped.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

/// What is asked of a payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalOperation {
    /// Release an authorization that is not captured.
    Void,
    /// Pay captured money back.
    Refund,
    /// Give the whole payment back in one call: the provider releases it, or pays it back if it was captured.
    Either,
}

/// The state of a void or a refund at its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalState {
    /// Staff lets the provider try again, and the next request is not sent yet.
    Due,
    /// The request is sent, or about to be sent, and its outcome is not known.
    Requested,
    /// The provider works on it.
    Pending,
    /// The provider waits for the buyer, for example for the number of a bank account.
    RequiresAction,
    /// The provider has moved the money. A bank can still refuse it later.
    Succeeded,
    /// The provider did not move the money, or the bank returned it.
    Failed,
    /// The provider canceled the void or the refund before it moved money.
    Canceled,
}

/// Why a provider does not do what is asked. The refusal is definite: no money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalRefusal {
    /// The authorization was captured, so only a refund gives the money back.
    AlreadyCaptured,
    /// All of the money went back already, by another way.
    NothingLeft,
    /// The provider knows no such payment.
    UnknownPayment,
    /// The buyer disputes the payment at the bank.
    Disputed,
    /// Another reason, which the text of the entry names.
    Other,
}

/// One request to a provider: its operation, and the number that makes its key its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReversalCall {
    /// What is asked.
    pub operation: ReversalOperation,
    /// From 1. It moves on only when the calls before are known to have moved no money.
    pub generation: i32,
}

/// One entry of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalEntry {
    /// When the state was learned.
    pub at: DateTime<Utc>,
    /// The request that the entry is about.
    pub call: ReversalCall,
    /// The state since then.
    pub state: ReversalState,
    /// The provider's id of the void or the refund; none where it gave none.
    pub reference: Option<String>,
    /// Why the provider refused; none in other states than `Failed`, and where a later failure has no code.
    pub refusal: Option<ReversalRefusal>,
    /// The provider's words; empty where there are none.
    pub detail: String,
}

/// All that is known of a void or a refund at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The id of the obligation.
    pub obligation: String,
    /// What is owed: a void can become a refund, when the authorization was captured meanwhile.
    pub owed: ReversalOperation,
    /// The states, oldest first.
    pub entries: Vec<ReversalEntry>,
}

impl ReversalOperation {
    /// The code in keys and rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Whether it only pays captured money back, and releases nothing.
    #[must_use]
    pub fn is_refund(self) -> bool {
        self == Self::Refund
    }
}

impl ReversalState {
    /// The code in rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The state as it is shown to staff: a request that is due is about to be sent.
    #[must_use]
    pub fn shown(self) -> Self {
        match self {
            Self::Due => Self::Requested,
            state => state,
        }
    }
}

impl ReversalRefusal {
    /// The code in rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl ReversalCall {
    /// The key of the call for `obligation`: a void and a refund of one obligation have different keys, and each
    /// generation has its own.
    #[must_use]
    pub fn key(self, obligation: &str) -> String {
        format!("{obligation}:{}:{}", self.operation.code(), self.generation)
    }
}

impl Reversal {
    /// The key of `call`.
    #[must_use]
    pub fn key(&self, call: ReversalCall) -> String {
        call.key(&self.obligation)
    }

    /// The next void, which was not sent before.
    #[must_use]
    pub fn next_void(&self) -> ReversalCall {
        let voids = self.entries.iter().filter(|it| !it.call.operation.is_refund());
        ReversalCall {
            operation: ReversalOperation::Void,
            generation: voids.map(|it| it.call.generation).max().unwrap_or(0) + 1,
        }
    }

    /// Whether `call` was sent, or was about to be.
    #[must_use]
    pub fn was_requested(&self, call: ReversalCall) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|it| it.call == call && it.state == ReversalState::Requested)
    }

    /// The provider's id of the void or the refund by which it answered `call`; none where it named none.
    #[must_use]
    pub fn reference_of(&self, call: ReversalCall) -> Option<&str> {
        let mut about = self.entries.iter().rev().filter(|entry| entry.call == call);
        about.find_map(|entry| entry.reference.as_deref())
    }

    /// Whether a refund follows the void, because the money was captured.
    #[must_use]
    pub fn turns_into_refund(&self) -> bool {
        self.entries.last().is_some_and(ReversalEntry::turns_into_refund)
    }

    /// Whether the provider captured the money in spite of the void, and the program knows it.
    #[must_use]
    pub fn has_met_capture(&self) -> bool {
        self.entries.iter().any(ReversalEntry::turns_into_refund)
    }

    /// Why no money moved, where that is definite and staff must say whether it is tried again. A void of captured money
    /// goes on as a refund by itself.
    #[must_use]
    pub fn ended_without_money(&self) -> Option<String> {
        let last = self.entries.last()?;
        let has_ended = matches!(last.state, ReversalState::Failed | ReversalState::Canceled);
        let goes_on = last.following().operation != last.call.operation;
        let why = format!("the payment provider did not move the money: {}", last.detail);
        (has_ended && !goes_on).then_some(why)
    }

    /// The call that staff can let the provider try, after one that certainly moved no money; none where the program goes
    /// on by itself, and where the outcome is open.
    #[must_use]
    pub fn call_after_failure(&self) -> Option<ReversalCall> {
        let last = self.entries.last()?;
        self.ended_without_money().map(|_| last.following())
    }

    /// Whether the provider has the request, or may have it, so that no one else may move the money.
    #[must_use]
    pub fn is_at_provider(&self) -> bool {
        match self.state() {
            None | Some(ReversalState::Due | ReversalState::Failed | ReversalState::Canceled) => false,
            Some(
                ReversalState::Requested
                | ReversalState::Pending
                | ReversalState::RequiresAction
                | ReversalState::Succeeded,
            ) => true,
        }
    }

    /// The call whose outcome is open; none before the first one, and after the money has moved or has certainly not.
    #[must_use]
    pub fn open_call(&self) -> Option<ReversalCall> {
        let last = self.entries.last()?;
        match last.state {
            ReversalState::Requested | ReversalState::Pending | ReversalState::RequiresAction => {
                Some(last.call)
            }
            ReversalState::Due
            | ReversalState::Succeeded
            | ReversalState::Failed
            | ReversalState::Canceled => None,
        }
    }

    /// The state that staff and buyers see; none before the first request.
    #[must_use]
    pub fn state(&self) -> Option<ReversalState> {
        self.entries.last().map(|entry| entry.state)
    }
}

impl ReversalEntry {
    /// Whether the entry is a void that was refused because the money was captured, so that a refund follows.
    #[must_use]
    pub fn turns_into_refund(&self) -> bool {
        self.refusal == Some(ReversalRefusal::AlreadyCaptured) && !self.call.operation.is_refund()
    }

    /// The call after one that is known to have moved no money.
    pub(super) fn following(&self) -> ReversalCall {
        if self.turns_into_refund() {
            return ReversalCall {
                operation: ReversalOperation::Refund,
                generation: 1,
            };
        }
        ReversalCall {
            generation: self.call.generation + 1,
            ..self.call
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
