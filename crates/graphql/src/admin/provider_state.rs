//! The states of a refund or a void at its payment provider, as staff sees them.

use async_graphql::{Enum, SimpleObject};
use countermand_app::obligations::ReversalStep;

use super::cursor::rfc3339;

/// The state of a refund or a void at its payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ReversalState {
    /// The request was sent, or is about to be sent, and its outcome is not known.
    Requested,
    /// The provider works on the request.
    Pending,
    /// The provider waits for the buyer, for example for the number of a bank account.
    RequiresAction,
    /// The provider has moved the money. A bank can still refuse it later.
    Succeeded,
    /// The provider did not move the money, or the bank returned it.
    Failed,
    /// The provider canceled the request before it moved money.
    Canceled,
}

/// One state of a refund or a void at its payment provider. States are only added, and never changed.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ProviderState {
    /// The state that was learned.
    state: ReversalState,
    /// The time at which the state was learned: RFC 3339, in UTC.
    at: String,
    /// The name of the account at the payment provider.
    payment_provider: String,
    /// The key of the request, by which the provider recognizes a repetition. Where nothing had to be sent, because the
    /// authorization was released already, no request has this key.
    key: String,
    /// The provider's id of the refund or the void; null where it gave none.
    reference: Option<String>,
    /// What the provider said about the state, or why the program wrote it down by itself; null where there are no words.
    detail: Option<String>,
}

impl From<countermand_domain::ReversalState> for ReversalState {
    fn from(state: countermand_domain::ReversalState) -> Self {
        use countermand_domain::ReversalState as State;
        match state {
            // What staff lets the provider try again is about to be sent.
            State::Due | State::Requested => Self::Requested,
            State::Pending => Self::Pending,
            State::RequiresAction => Self::RequiresAction,
            State::Succeeded => Self::Succeeded,
            State::Failed => Self::Failed,
            State::Canceled => Self::Canceled,
        }
    }
}

impl From<ReversalStep> for ProviderState {
    fn from(step: ReversalStep) -> Self {
        Self {
            state: step.entry.state.into(),
            at: rfc3339(step.entry.at),
            payment_provider: step.account,
            key: step.key,
            reference: step.entry.reference,
            detail: Some(step.entry.detail).filter(|detail| !detail.is_empty()),
        }
    }
}
