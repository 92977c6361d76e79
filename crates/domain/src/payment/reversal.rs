//! How far a void or a refund is at its payment provider, and which request is safe to send next.
//!
//! The entries of a [`Reversal`] are only ever appended. The last one decides, so a worker that takes over after a
//! crash goes on where the other one stopped.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr};

/// What is asked of a payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalOperation {
    /// Release an authorization that is not captured.
    Void,
    /// Pay captured money back.
    Refund,
}

/// The state of a void or a refund at its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalState {
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

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalStep {
    /// Send this request, which was not sent before: an entry for it is written first.
    Begin(ReversalCall),
    /// Send exactly the same request again: the provider recognizes its key.
    Repeat(ReversalCall),
    /// Ask the provider what became of this request.
    LookUp(ReversalCall),
    /// Wait for the provider's message.
    Await,
    /// The money has moved; the books are to say so.
    Book,
    /// A person must look at it, because no request is safe.
    AskPerson,
}

/// The part of a provider's retention that is not used: clocks differ, and requests wait on their way.
const MARGIN: TimeDelta = TimeDelta::hours(1);

impl ReversalOperation {
    /// The code in keys and rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl ReversalState {
    /// The code in rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
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

    /// What to do next at a provider with these `capabilities`.
    #[must_use]
    pub fn next_step(&self, capabilities: ProviderCapabilities, now: DateTime<Utc>) -> ReversalStep {
        let Some(last) = self.entries.last() else {
            return ReversalStep::Begin(ReversalCall {
                operation: self.owed,
                generation: 1,
            });
        };
        let can_look_up = capabilities.look_up != LookUp::None;
        match last.state {
            ReversalState::Succeeded => ReversalStep::Book,
            ReversalState::Failed | ReversalState::Canceled => ReversalStep::Begin(last.following()),
            ReversalState::Pending | ReversalState::RequiresAction if can_look_up => {
                ReversalStep::LookUp(last.call)
            }
            ReversalState::Pending | ReversalState::RequiresAction => ReversalStep::Await,
            ReversalState::Requested if self.is_recognized(last.call, capabilities, now) => {
                ReversalStep::Repeat(last.call)
            }
            ReversalState::Requested if can_look_up => ReversalStep::LookUp(last.call),
            ReversalState::Requested => ReversalStep::AskPerson,
        }
    }

    /// What to do when the provider finds nothing under the key of `call`, whose outcome was not known.
    ///
    /// `takes_the_rest` says that the amount is all that is left at the provider: a second refund of it would be
    /// refused, so a new key is safe. For a part, the time in which the first request can still arrive must be over.
    #[must_use]
    pub fn after_nothing_found(
        &self,
        call: ReversalCall,
        capabilities: ProviderCapabilities,
        takes_the_rest: bool,
        now: DateTime<Utc>,
    ) -> ReversalStep {
        let next = ReversalStep::Begin(ReversalCall {
            generation: call.generation + 1,
            ..call
        });
        match capabilities.look_up {
            LookUp::Certain => ReversalStep::Repeat(call),
            LookUp::Likely if takes_the_rest => next,
            LookUp::Likely if !self.is_recognized(call, capabilities, now) => next,
            LookUp::Likely | LookUp::None => ReversalStep::AskPerson,
        }
    }

    /// Whether the provider surely recognizes a repeated request with the key of `call`.
    fn is_recognized(
        &self,
        call: ReversalCall,
        capabilities: ProviderCapabilities,
        now: DateTime<Utc>,
    ) -> bool {
        let first = self.entries.iter().find(|entry| entry.call == call);
        match (capabilities.key_retention, first) {
            (None, _) => true,
            (Some(retention), Some(first)) => now - first.at < retention - MARGIN,
            (Some(_), None) => false,
        }
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

    /// Whether the provider has the request, or may have it, so that no one else may move the money.
    #[must_use]
    pub fn is_at_provider(&self) -> bool {
        match self.state() {
            None | Some(ReversalState::Failed | ReversalState::Canceled) => false,
            Some(
                ReversalState::Requested
                | ReversalState::Pending
                | ReversalState::RequiresAction
                | ReversalState::Succeeded,
            ) => true,
        }
    }

    /// The state that staff and buyers see; none before the first request.
    #[must_use]
    pub fn state(&self) -> Option<ReversalState> {
        self.entries.last().map(|entry| entry.state)
    }
}

impl ReversalEntry {
    /// The call after one that is known to have moved no money.
    fn following(&self) -> ReversalCall {
        if self.refusal == Some(ReversalRefusal::AlreadyCaptured)
            && self.call.operation == ReversalOperation::Void
        {
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
mod tests {
    use super::*;

    const DAY: ProviderCapabilities = ProviderCapabilities {
        key_retention: Some(TimeDelta::hours(24)),
        look_up: LookUp::Likely,
    };
    const FOR_EVER: ProviderCapabilities = ProviderCapabilities {
        key_retention: None,
        look_up: LookUp::Certain,
    };
    const SILENT: ProviderCapabilities = ProviderCapabilities {
        key_retention: Some(TimeDelta::days(7)),
        look_up: LookUp::None,
    };
    const REFUND: ReversalCall = ReversalCall {
        operation: ReversalOperation::Refund,
        generation: 1,
    };

    fn refund(states: &[ReversalState]) -> Reversal {
        let entries = states.iter().map(|state| ReversalEntry {
            at: DateTime::UNIX_EPOCH,
            call: REFUND,
            state: *state,
            reference: None,
            refusal: None,
            detail: String::new(),
        });
        Reversal {
            obligation: "0198c0de".into(),
            owed: ReversalOperation::Refund,
            entries: entries.collect(),
        }
    }

    fn after_hours(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    #[test]
    fn while_the_outcome_is_unknown_the_same_key_is_sent_as_long_as_the_provider_keeps_it() {
        let unknown = refund(&[ReversalState::Requested]);
        assert_eq!(
            unknown.next_step(DAY, after_hours(22)),
            ReversalStep::Repeat(REFUND)
        );
        assert_eq!(
            unknown.next_step(DAY, after_hours(23)),
            ReversalStep::LookUp(REFUND)
        );
        assert_eq!(
            unknown.next_step(FOR_EVER, after_hours(9_000)),
            ReversalStep::Repeat(REFUND)
        );
        assert_eq!(
            unknown.next_step(SILENT, after_hours(200)),
            ReversalStep::AskPerson
        );
    }

    #[test]
    fn a_new_key_is_used_only_when_no_second_refund_can_follow() {
        let unknown = refund(&[ReversalState::Requested]);
        let second = ReversalStep::Begin(ReversalCall {
            generation: 2,
            ..REFUND
        });
        let found = |capabilities, takes_the_rest, hours| {
            unknown.after_nothing_found(REFUND, capabilities, takes_the_rest, after_hours(hours))
        };
        assert_eq!(found(FOR_EVER, false, 1), ReversalStep::Repeat(REFUND));
        assert_eq!(found(DAY, true, 1), second);
        assert_eq!(found(DAY, false, 1), ReversalStep::AskPerson);
        assert_eq!(found(DAY, false, 24), second);
        assert_eq!(found(SILENT, true, 200), ReversalStep::AskPerson);
    }

    #[test]
    fn a_refund_that_failed_is_tried_again_under_a_key_of_its_own() {
        let failed = refund(&[ReversalState::Requested, ReversalState::Failed]);
        let ReversalStep::Begin(call) = failed.next_step(DAY, after_hours(1)) else {
            panic!("a failed refund begins anew");
        };
        assert_eq!(failed.key(call), "0198c0de:refund:2");
    }

    #[test]
    fn a_void_of_captured_money_becomes_a_refund() {
        let call = ReversalCall {
            operation: ReversalOperation::Void,
            generation: 1,
        };
        let mut void = refund(&[ReversalState::Failed]);
        void.owed = ReversalOperation::Void;
        void.entries[0].call = call;
        void.entries[0].refusal = Some(ReversalRefusal::AlreadyCaptured);
        assert_eq!(void.next_step(DAY, after_hours(1)), ReversalStep::Begin(REFUND));
    }

    #[test]
    fn a_refund_under_way_is_looked_up_or_awaited_and_a_success_is_booked() {
        let pending = refund(&[ReversalState::Requested, ReversalState::Pending]);
        assert_eq!(
            pending.next_step(DAY, after_hours(90)),
            ReversalStep::LookUp(REFUND)
        );
        assert_eq!(pending.next_step(SILENT, after_hours(90)), ReversalStep::Await);
        let done = refund(&[ReversalState::Requested, ReversalState::Succeeded]);
        assert_eq!(done.next_step(DAY, after_hours(90)), ReversalStep::Book);
    }
}
