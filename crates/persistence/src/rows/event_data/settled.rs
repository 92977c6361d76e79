//! The JSON of a settlement: what staff met by hand.

use countermand_domain::{EventData, Money, SettledMatter, Settlement};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;

/// A settlement. The kind is `refund` or `void`, which have the other fields of their money, or `upstream_change`.
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
            SettledMatter::UpstreamChange => {
                let kind = "upstream_change".into();
                return Self { kind, ..doc };
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
            "upstream_change" => SettledMatter::UpstreamChange,
            other => return Err(DatabaseError::Corrupt(format!("a settlement of `{other}`"))),
        };
        Ok(Settlement {
            matter,
            note: self.note,
            reference: self.reference,
        })
    }
}
