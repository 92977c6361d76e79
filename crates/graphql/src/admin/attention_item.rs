//! An entry of `needsAttention`: what needs a person, why, and what staff may do about it.

use async_graphql::{Enum, ID, SimpleObject};
use countermand_app::obligations::OwedObligation;

use super::admin_order::AdminOrder;
use super::attention_reason::AttentionReason;
use super::cursor::rfc3339;
use super::obligations::{ObligationKind, unless_empty};
use super::provider_state::ProviderState;
use crate::kit::Money;
use crate::types::OrderTender;

/// What staff may do about an entry of `needsAttention`. The input of each mutation is the `id` of the entry, unless its
/// description says another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::obligations::AttentionAction")]
pub(crate) enum AttentionAction {
    /// `retryObligation` lets the payment provider try again at once.
    Retry,
    /// `retryJob` runs the job again at once.
    RetryJob,
    /// `settleObligation` says that a person has met it, or has looked at it.
    Settle,
    /// `abandonObligation` ends it with a note, although nothing meets it.
    Abandon,
    /// `approveCancellationRequest` or `declineCancellationRequest` decides the request of the order, and the entry goes
    /// with the request.
    DecideRequest,
    /// `changePaymentProvider` with the name `payment_provider` and a new key resumes the account, and the entry goes.
    ResumeAccount,
}

/// Something that needs a person.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AttentionItem {
    /// The id of the entry, a UUID: the input of the mutations that `actions` names.
    id: ID,
    /// What must happen to meet the obligation; null for a job such as a mail.
    kind: Option<ObligationKind>,
    /// The reasons why a person is needed, for programs; at least one.
    reasons: Vec<AttentionReason>,
    /// What the role of the caller, and the permission of the token, allow about the entry as it is now. Where a request
    /// was sent to the payment provider before, it is asked what became of it, and can still let `SETTLE` and `ABANDON` be
    /// refused. Empty when the role allows nothing, and when the program must finish first.
    actions: Vec<AttentionAction>,
    /// The problem in English, for people; null when no attempt was made yet.
    problem: Option<String>,
    /// The amount that must go back, in the currency of the order; null when the entry is not about money.
    amount: Option<Money>,
    /// The tender by which the money goes back; null when the entry is not about money.
    tender: Option<OrderTender>,
    /// The name of the account at the payment provider that the entry is about, or to which requests were sent; null
    /// when there is none, and before the first request.
    payment_provider: Option<String>,
    /// The states of a void or a refund at its payment provider, oldest first. Empty until a request is about to be sent,
    /// or the authorization turns out to be released already, and for all other entries. Where a refund of others failed,
    /// the refund that is owed in its place begins with that failure.
    provider_states: Vec<ProviderState>,
    /// The order that the entry is about; null when it is about none.
    order: Option<AdminOrder>,
    /// The time of the change that caused the entry: RFC 3339, in UTC.
    created_at: String,
    /// The age of the entry in seconds.
    age_seconds: i32,
}

impl From<OwedObligation> for AttentionItem {
    fn from(owed: OwedObligation) -> Self {
        let tender = owed.order.as_ref().zip(owed.tender);
        Self {
            age_seconds: owed.age_seconds(),
            tender: tender.map(|(view, position)| OrderTender::of(view, position)),
            id: owed.id.into(),
            kind: ObligationKind::of(owed.kind),
            reasons: owed.reasons.into_iter().map(Into::into).collect(),
            actions: owed.actions.into_iter().map(Into::into).collect(),
            problem: unless_empty(owed.problem),
            amount: owed.amount.map(Money::from),
            payment_provider: owed.account,
            provider_states: owed.steps.into_iter().map(ProviderState::from).collect(),
            order: owed.order.map(AdminOrder::new),
            created_at: rfc3339(owed.created_at),
        }
    }
}
