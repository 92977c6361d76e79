//! The JSON of a settlement: what staff met by hand.

use countermand_domain::{EventData, Money, ReversalOperation, SettledMatter, Settlement};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;

/// The kinds of a refund and of a void that staff ended.
const ABANDONED: [&str; 2] = ["abandoned_refund", "abandoned_void"];
/// The kinds of a refund and of a void that staff had ended, and whose money has moved after all.
const ADOPTED: [&str; 2] = ["adopted_refund", "adopted_void"];

/// A settlement. The kinds about money, such as `refund`, have the other fields; `upstream_change` has none of them.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SettledDoc {
    v: i32,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    transaction: usize,
    amount: i64,
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl SettledDoc {
    pub(super) fn of(settlement: &Settlement) -> Self {
        let doc = Self {
            v: EventData::SCHEMA_VERSION,
            note: settlement.note.clone(),
            reference: settlement.reference.clone(),
            ..Self::default()
        };
        let (kind, transaction, amount) = match settlement.matter {
            SettledMatter::Refund { transaction, amount } => ("refund", transaction, amount),
            SettledMatter::Void { transaction, amount } => ("void", transaction, amount),
            SettledMatter::Returned { transaction, amount } => ("returned", transaction, amount),
            SettledMatter::RefundedOutside { amount } => ("refunded_outside", 0, amount),
            SettledMatter::BookedOutside { amount } => ("booked_outside", 0, amount),
            SettledMatter::LateCapture { amount } => ("late_capture", 0, amount),
            SettledMatter::Abandoned {
                reversal,
                transaction,
                amount,
            } => (ABANDONED[usize::from(is_void(reversal))], transaction, amount),
            SettledMatter::Adopted {
                reversal,
                transaction,
                amount,
            } => (ADOPTED[usize::from(is_void(reversal))], transaction, amount),
            SettledMatter::UpstreamChange | SettledMatter::PaymentProblem => {
                let is_upstream = settlement.matter == SettledMatter::UpstreamChange;
                let kind = if is_upstream {
                    "upstream_change"
                } else {
                    "payment_problem"
                };
                return Self {
                    kind: kind.into(),
                    ..doc
                };
            }
        };
        Self {
            kind: kind.into(),
            currency: Some(amount.currency().code().into()),
            transaction,
            amount: amount.minor(),
            ..doc
        }
    }

    pub(super) fn settlement(self) -> Result<Settlement, DatabaseError> {
        let transaction = self.transaction;
        let code = self.currency.as_deref().unwrap_or_default();
        let amount = || currency(code).map(|currency| Money::new(self.amount, currency));
        let matter = match self.kind.as_str() {
            "refund" => SettledMatter::Refund {
                transaction,
                amount: amount()?,
            },
            "void" => SettledMatter::Void {
                transaction,
                amount: amount()?,
            },
            "returned" => SettledMatter::Returned {
                transaction,
                amount: amount()?,
            },
            "refunded_outside" => SettledMatter::RefundedOutside { amount: amount()? },
            "booked_outside" => SettledMatter::BookedOutside { amount: amount()? },
            "late_capture" => SettledMatter::LateCapture { amount: amount()? },
            kind if ABANDONED.contains(&kind) => SettledMatter::Abandoned {
                reversal: reversal_in(kind),
                transaction,
                amount: amount()?,
            },
            kind if ADOPTED.contains(&kind) => SettledMatter::Adopted {
                reversal: reversal_in(kind),
                transaction,
                amount: amount()?,
            },
            "upstream_change" => SettledMatter::UpstreamChange,
            "payment_problem" => SettledMatter::PaymentProblem,
            other => return Err(DatabaseError::Corrupt(format!("a settlement of `{other}`"))),
        };
        Ok(Settlement {
            matter,
            note: self.note,
            reference: self.reference,
        })
    }
}

fn is_void(reversal: ReversalOperation) -> bool {
    reversal == ReversalOperation::Void
}

/// The operation that a kind about ended voids and refunds names.
fn reversal_in(kind: &str) -> ReversalOperation {
    if kind.ends_with("void") {
        ReversalOperation::Void
    } else {
        ReversalOperation::Refund
    }
}
