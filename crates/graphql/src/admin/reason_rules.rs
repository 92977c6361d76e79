//! The rules of a reason in staff's words: who may choose it, when, and what it says about a cancellation.

use async_graphql::{Enum, InputObject, MaybeUndefined};
use countermand_app::shop::reason_rules_text::ReasonRulesText;

/// The kinds of people and programs that choose a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_domain::ReasonAudience")]
pub(crate) enum ReasonAudience {
    /// Customers with an account. Storefronts show their part of the list.
    Customer,
    /// Guests, who ask for a cancellation without an account.
    Guest,
    /// Staff of the shop, who cancel an order for its buyer.
    Merchant,
    /// A sales channel that tells why an order is canceled there.
    Channel,
}

/// New rules of a reason. What is not given stays as it is.
#[derive(InputObject, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonRulesInput {
    /// Who may choose the reason, at least one; null keeps the audience.
    audience: Option<Vec<ReasonAudience>>,
    /// The moment (RFC 3339) or day (`2026-01-31`, from its beginning in UTC) from which the reason is offered. Null
    /// takes the beginning away.
    valid_from: MaybeUndefined<String>,
    /// The moment (RFC 3339) from which, or the day (`2026-01-31`, to its end in UTC) after which the reason is offered
    /// no more. Null takes the end away.
    valid_until: MaybeUndefined<String>,
    /// Whether a cancellation for the reason needs a comment; null keeps what holds.
    needs_comment: Option<bool>,
    /// Whether the reason says that the seller caused the cancellation, for which the shop keeps no fee; null keeps
    /// what holds.
    sellers_fault: Option<bool>,
}

impl From<ReasonRulesInput> for ReasonRulesText {
    fn from(input: ReasonRulesInput) -> Self {
        let given = |text: MaybeUndefined<String>| match text {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(text) => Some(Some(text)),
        };
        Self {
            audience: input.audience.map(|it| it.into_iter().map(Into::into).collect()),
            valid_from: given(input.valid_from),
            valid_until: given(input.valid_until),
            needs_comment: input.needs_comment,
            sellers_fault: input.sellers_fault,
        }
    }
}
