//! A void or a refund as the provider keeps it, and a refund of others.

use chrono::{DateTime, Utc};
use countermand_app::ports::{ProviderAnswer, ProviderRefund, ReversalRequest};
use countermand_domain::{Money, ReversalOperation, ReversalRefusal, ReversalState};

use super::Profile;

/// A request that the provider carried out or refused.
#[derive(Debug, Clone)]
pub(crate) struct KeptReversal {
    pub(crate) key: String,
    /// The operation that was asked for.
    pub(crate) asked: ReversalOperation,
    /// The operation that the provider carried out: `Void` or `Refund`.
    pub(crate) did: ReversalOperation,
    pub(crate) payment: String,
    pub(crate) amount: Money,
    pub(crate) outcome: KeptOutcome,
    /// The provider's id of it.
    pub(crate) reference: String,
    /// When it arrived.
    pub(crate) at: DateTime<Utc>,
}

/// A refund that others made.
#[derive(Debug, Clone)]
pub(super) struct OutsideRefund {
    /// The provider's id of it.
    pub(super) reference: String,
    pub(super) payment: String,
    pub(super) amount: Money,
    /// Whether the bank returned the money.
    pub(super) has_failed: bool,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptOutcome {
    /// The money has moved.
    Moved,
    /// The provider works on it.
    Pending,
    /// The bank refused, or returned the money.
    Failed,
    /// The provider did nothing.
    Refused(ReversalRefusal),
}

impl OutsideRefund {
    /// The refund as one of its payment.
    pub(super) fn listed(&self) -> ProviderRefund {
        ProviderRefund {
            reference: self.reference.clone(),
            key: String::new(),
            amount: self.amount,
            state: if self.has_failed {
                ReversalState::Failed
            } else {
                ReversalState::Succeeded
            },
            detail: String::new(),
        }
    }
}

impl KeptReversal {
    /// The refund as one of its payment; none for a request that was refused, and for a void.
    pub(super) fn listed(&self) -> Option<ProviderRefund> {
        let state = match self.outcome {
            KeptOutcome::Moved => ReversalState::Succeeded,
            KeptOutcome::Pending => ReversalState::Pending,
            KeptOutcome::Failed => ReversalState::Failed,
            KeptOutcome::Refused(_) => return None,
        };
        self.did.is_refund().then(|| ProviderRefund {
            reference: self.reference.clone(),
            key: self.key.clone(),
            amount: self.amount,
            state,
            detail: String::new(),
        })
    }

    /// Whether the money has moved or is on its way.
    pub(crate) fn is_counted(&self) -> bool {
        matches!(self.outcome, KeptOutcome::Moved | KeptOutcome::Pending)
    }

    /// Whether `request` is this request again.
    pub(crate) fn is_of(&self, request: &ReversalRequest) -> bool {
        self.asked == request.operation && self.payment == request.payment && self.amount == request.amount
    }

    /// The answer of a provider of this kind.
    pub(crate) fn answer(&self, profile: Profile) -> ProviderAnswer {
        let accepted = |state| ProviderAnswer::Accepted {
            state,
            reference: Some(self.reference.clone()),
            detail: String::new(),
        };
        match self.outcome {
            _ if profile == Profile::Told => accepted(ReversalState::Pending),
            KeptOutcome::Moved => accepted(ReversalState::Succeeded),
            KeptOutcome::Pending => accepted(ReversalState::Pending),
            KeptOutcome::Failed => accepted(ReversalState::Failed),
            KeptOutcome::Refused(refusal) => ProviderAnswer::Refused {
                refusal,
                detail: format!("{refusal:?}"),
            },
        }
    }
}
