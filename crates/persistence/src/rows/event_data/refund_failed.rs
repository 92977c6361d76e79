//! The JSON of the event that a refund failed.

use countermand_domain::{EventData, FailedRefund, Money, RefundFailure};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FailedRefundDoc {
    v: i32,
    refund: String,
    tender: usize,
    account: String,
    currency: String,
    amount: i64,
    reason: String,
    was_refunded: bool,
}

impl FailedRefundDoc {
    pub(super) fn of(failed: &FailedRefund) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            refund: failed.refund.clone(),
            tender: failed.tender,
            account: failed.account.clone(),
            currency: failed.amount.currency().code().into(),
            amount: failed.amount.minor(),
            reason: failed.reason.code().into(),
            was_refunded: failed.was_refunded,
        }
    }

    pub(super) fn failed(self) -> Result<FailedRefund, DatabaseError> {
        let reason = RefundFailure::from_code(&self.reason);
        let unknown = || DatabaseError::Corrupt(format!("a refund that failed because of `{}`", self.reason));
        Ok(FailedRefund {
            reason: reason.ok_or_else(unknown)?,
            amount: Money::new(self.amount, currency(&self.currency)?),
            refund: self.refund,
            tender: self.tender,
            account: self.account,
            was_refunded: self.was_refunded,
        })
    }
}
