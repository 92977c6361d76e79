//! The JSON of the event that money is due to a balance.

use countermand_domain::{CreditDue, EventData, Money, TenderKind};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CreditDueDoc {
    v: i32,
    refund: String,
    tender: usize,
    kind: String,
    method: String,
    currency: String,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl CreditDueDoc {
    pub(super) fn of(due: &CreditDue) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            refund: due.refund.clone(),
            tender: due.tender,
            kind: due.kind.code().into(),
            method: due.method.clone(),
            currency: due.amount.currency().code().into(),
            amount: due.amount.minor(),
            reference: due.reference.clone(),
        }
    }

    pub(super) fn due(self) -> Result<CreditDue, DatabaseError> {
        let kind = TenderKind::from_code(&self.kind);
        Ok(CreditDue {
            kind: kind.ok_or_else(|| DatabaseError::Corrupt(format!("a tender of `{}`", self.kind)))?,
            amount: Money::new(self.amount, currency(&self.currency)?),
            refund: self.refund,
            tender: self.tender,
            method: self.method,
            reference: self.reference,
        })
    }
}
