//! The JSON of the events that a void or a refund failed. The kind of the event tells the two apart.

use countermand_domain::{EventData, EventKind, FailedReversal, FailureAudience, Money, ReversalFailure};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FailedReversalDoc {
    v: i32,
    /// The id of the obligation, also that of a void.
    refund: String,
    tender: usize,
    account: String,
    currency: String,
    amount: i64,
    reason: String,
    was_refunded: bool,
    is_by_others: bool,
    /// Whether a mail tells the buyer; false in an event of an older version.
    tells_buyer: bool,
}

impl FailedReversalDoc {
    pub(super) fn of(failed: &FailedReversal) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            refund: failed.obligation.clone(),
            tender: failed.tender,
            account: failed.account.clone(),
            currency: failed.amount.currency().code().into(),
            amount: failed.amount.minor(),
            reason: failed.reason.code().into(),
            was_refunded: failed.was_refunded,
            is_by_others: failed.is_by_others,
            tells_buyer: failed.audience == FailureAudience::ShopAndBuyer,
        }
    }

    pub(super) fn failed(self, kind: EventKind) -> Result<FailedReversal, DatabaseError> {
        let reason = ReversalFailure::from_code(&self.reason);
        let unknown =
            || DatabaseError::Corrupt(format!("money that did not move because of `{}`", self.reason));
        Ok(FailedReversal {
            reason: reason.ok_or_else(unknown)?,
            amount: Money::new(self.amount, currency(&self.currency)?),
            obligation: self.refund,
            is_refund: kind == EventKind::RefundFailed,
            tender: self.tender,
            account: self.account,
            was_refunded: self.was_refunded,
            is_by_others: self.is_by_others,
            audience: if self.tells_buyer {
                FailureAudience::ShopAndBuyer
            } else {
                FailureAudience::Shop
            },
        })
    }
}
