//! Which request for a void or a refund is safe to send next: one that cannot move the money a second time.

use chrono::{DateTime, TimeDelta, Utc};

use super::provider_capabilities::{LookUp, ProviderCapabilities};
use super::reversal::{Reversal, ReversalCall, ReversalEntry, ReversalOperation, ReversalState};

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

/// How long a message of the provider is waited for before a person is asked: providers send theirs again for days.
const MESSAGE_PATIENCE: TimeDelta = TimeDelta::days(7);
/// The part of a provider's retention that is not used: clocks differ, and requests wait on their way.
const MARGIN: TimeDelta = TimeDelta::hours(1);

impl ReversalStep {
    /// The same step at a provider that gives a whole payment back in one call. `is_whole` says that the step is about
    /// a whole authorization of which the books know no capture.
    #[must_use]
    pub fn in_one_call(self, capabilities: ProviderCapabilities, is_whole: bool) -> Self {
        match self {
            Self::Begin(call)
                if capabilities.reverses_either && is_whole && call.operation == ReversalOperation::Void =>
            {
                Self::Begin(ReversalCall {
                    operation: ReversalOperation::Either,
                    ..call
                })
            }
            step => step,
        }
    }
}

impl Reversal {
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
            ReversalState::Due => ReversalStep::Begin(last.call),
            ReversalState::Failed | ReversalState::Canceled => ReversalStep::Begin(last.following()),
            ReversalState::Pending | ReversalState::RequiresAction if can_look_up => {
                ReversalStep::LookUp(last.call)
            }
            ReversalState::Pending | ReversalState::RequiresAction if now - last.at < MESSAGE_PATIENCE => {
                ReversalStep::Await
            }
            ReversalState::Requested if self.is_recognized(last.call, capabilities, now) => {
                ReversalStep::Repeat(last.call)
            }
            ReversalState::Requested if can_look_up => ReversalStep::LookUp(last.call),
            ReversalState::Pending | ReversalState::RequiresAction | ReversalState::Requested => {
                ReversalStep::AskPerson
            }
        }
    }

    /// What to do when the provider finds nothing under the key of `call`, whose outcome was not known.
    ///
    /// `takes_the_rest` says that the amount is all that is left at the provider: a second refund of it would be
    /// refused, so a new key is safe. A part waits until the provider has surely forgotten the key of `call`.
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
            LookUp::Likely if self.is_forgotten(call, capabilities, now) => next,
            LookUp::Likely => ReversalStep::Await,
            LookUp::None => ReversalStep::AskPerson,
        }
    }

    /// Whether the provider surely recognizes a repeated request with the key of `call`.
    fn is_recognized(
        &self,
        call: ReversalCall,
        capabilities: ProviderCapabilities,
        now: DateTime<Utc>,
    ) -> bool {
        match (capabilities.key_retention, self.first_sent(call)) {
            (None, _) => true,
            (Some(retention), Some(first)) => now - first.at < retention - MARGIN,
            (Some(_), None) => false,
        }
    }

    /// Whether the provider has surely forgotten the key of `call`, so that no request with it can arrive any more.
    ///
    /// The same request is sent again as long as it is surely recognized, and the provider may keep the key from the last
    /// of these requests on.
    fn is_forgotten(
        &self,
        call: ReversalCall,
        capabilities: ProviderCapabilities,
        now: DateTime<Utc>,
    ) -> bool {
        let (Some(retention), Some(first)) = (capabilities.key_retention, self.first_sent(call)) else {
            return false;
        };
        let last_send = first.at + (retention - MARGIN);
        now >= last_send + retention + MARGIN
    }

    /// The entry that was written before `call` was sent for the first time; none where it was not sent.
    fn first_sent(&self, call: ReversalCall) -> Option<&ReversalEntry> {
        let mut of_call = self.entries.iter().filter(|entry| entry.call == call);
        of_call.find(|entry| entry.state != ReversalState::Due)
    }
}

#[cfg(test)]
mod tests;
