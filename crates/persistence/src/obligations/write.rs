//! Writes new obligations together with the change that causes them.

use chrono::{DateTime, Utc};
use countermand_domain::{Currency, Effect, Money, MoneyError, Order, OrderId};
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Condition, IntoTableRef};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{NEEDS_ATTENTION, PENDING};
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::ChangeMark;
use crate::orders::apply::OrderChange;
use crate::rows::entity::obligation::{Entity, Model};
use crate::rows::time::to_micros;
use crate::sql::rows::{insert, insert_where};
use crate::sql::script::Script;

/// The code of the kind for reserved money that must be released.
pub const VOID: &str = "void";
/// The code of the kind for captured money that must be paid back.
pub const REFUND: &str = "refund";

/// An obligation to be written with the change that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObligation {
    /// The id of the obligation. It is also the key with which an effect happens only once.
    pub id: Uuid,
    /// The code of the kind.
    pub kind: String,
    /// The key of the effect, at most 128 characters. A second obligation with the same key is refused.
    pub unique_key: String,
    /// The order to which the obligation belongs.
    pub order: Option<OrderId>,
    /// The JSON payload, whose fields depend on the kind. It holds no secret in clear text.
    pub payload: String,
    /// The time of the change that caused the obligation, by the clock of the program.
    pub created_at: DateTime<Utc>,
    /// The time from which the obligation may be met; none for at once.
    pub due_at: Option<DateTime<Utc>>,
}

/// The payload of a void and of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OwedJson", into = "OwedJson")]
pub struct OwedReversal {
    /// The position, from 0, of the payment transaction whose money flows back.
    pub transaction: usize,
    /// The amount in minor units of the order's currency.
    pub amount: i64,
    /// The amount at the payment provider, where it charged the buyer in another currency: it is fixed when the money is
    /// owed. None where it is the same, and in payloads of earlier versions.
    pub charged: Option<Money>,
}

impl OwedReversal {
    /// The amount at the payment provider, for an order in `currency`.
    #[must_use]
    pub fn at_provider(&self, currency: Currency) -> Money {
        self.charged.unwrap_or(Money::new(self.amount, currency))
    }
}

/// The payload as JSON.
#[derive(Clone, Serialize, Deserialize)]
struct OwedJson {
    transaction: usize,
    amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charged: Option<ChargedJson>,
}

/// An amount at the payment provider: minor units, and the code of the currency.
#[derive(Clone, Serialize, Deserialize)]
struct ChargedJson {
    amount: i64,
    currency: String,
}

impl From<OwedReversal> for OwedJson {
    fn from(owed: OwedReversal) -> Self {
        Self {
            transaction: owed.transaction,
            amount: owed.amount,
            charged: owed.charged.map(|it| ChargedJson {
                amount: it.minor(),
                currency: it.currency().code().to_owned(),
            }),
        }
    }
}

impl TryFrom<OwedJson> for OwedReversal {
    type Error = MoneyError;

    fn try_from(json: OwedJson) -> Result<Self, MoneyError> {
        let charged = json.charged.map(|it| {
            let currency: Currency = it.currency.parse()?;
            Ok::<_, MoneyError>(Money::new(it.amount, currency))
        });
        Ok(Self {
            transaction: json.transaction,
            amount: json.amount,
            charged: charged.transpose()?,
        })
    }
}

impl NewObligation {
    /// The row of the obligation. `order_version` is the order's version after the change, if an order is changed.
    pub(crate) fn row(&self, order_version: Option<i64>) -> Model {
        Model {
            id: self.id.to_string(),
            kind: self.kind.clone(),
            unique_key: self.unique_key.clone(),
            order_id: self.order.map(OrderId::number),
            order_version,
            state: PENDING.into(),
            payload: self.payload.clone(),
            attempts: 0,
            // The value 0 means that the obligation is due at once, even if a clock is set back.
            due_at: self.due_at.map_or(0, to_micros),
            lease_until: 0,
            fence: 0,
            last_error: String::new(),
            receipt: String::new(),
            created_at: to_micros(self.created_at),
            met_at: None,
        }
    }

    /// Adds an insert of the row that happens only if a row of `table` fulfills `condition`.
    pub(crate) fn add_where(
        &self,
        script: &mut Script<'_>,
        table: impl IntoTableRef,
        condition: Condition,
    ) -> Result<(), DatabaseError> {
        insert_where(script, &self.row(None), table, condition)
    }
}

impl Database {
    /// Writes an obligation that no change of an order causes.
    pub async fn insert_obligation(&self, new: &NewObligation) -> Result<(), DatabaseError> {
        self.insert_obligation_with(new, None, None).await
    }

    /// Writes an obligation that staff requested, with its entry in the audit log.
    pub async fn insert_audited_obligation(
        &self,
        new: &NewObligation,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        self.insert_obligation_with(new, Some(audit), None).await
    }

    /// Writes an obligation that a buyer requested, with the mark of the request where it has an idempotency key.
    pub async fn insert_marked_obligation(
        &self,
        new: &NewObligation,
        mark: Option<&ChangeMark>,
    ) -> Result<(), DatabaseError> {
        self.insert_obligation_with(new, None, mark).await
    }

    async fn insert_obligation_with(
        &self,
        new: &NewObligation,
        audit: Option<&AuditEntry>,
        mark: Option<&ChangeMark>,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [new.row(None)]);
        insert(&mut script, mark.map(|mark| mark.row(new.created_at)));
        if let Some(audit) = audit {
            audit.add_to(&mut script);
        }
        match script.commit().await {
            // Either the row was written before and the answer was lost, or another obligation has the same key.
            Err(DatabaseError::Duplicate) if self.is_written(new).await? => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// Whether the row of `new` is stored. After a lost answer, this tells whether the write was committed.
    pub(crate) async fn is_written(&self, new: &NewObligation) -> Result<bool, DatabaseError> {
        let mut script = Script::read(self);
        let written = script.select(Entity::find_by_id(new.id.to_string()));
        Ok(script.fetch().await?.first(written)?.is_some())
    }
}

/// The rows of all obligations of a change: its effects, and the money that its transition moves back.
pub(crate) fn rows_of(change: &OrderChange<'_>) -> Result<Vec<Model>, DatabaseError> {
    let transition = change.transition;
    let version = Some(transition.after.version);
    let mut rows: Vec<Model> = change.obligations.iter().map(|new| new.row(version)).collect();
    for (effect, id) in transition.effects.iter().zip(&change.ids.effects) {
        let (kind, transaction, amount) = match *effect {
            Effect::Void { transaction, amount } => (VOID, transaction, amount),
            Effect::Refund { transaction, amount } => (REFUND, transaction, amount),
            Effect::Notify(_) => continue,
        };
        let owed = owed(change, *id, kind, transaction, amount)?;
        let state = if change.is_left_to_staff(transaction) {
            NEEDS_ATTENTION
        } else {
            PENDING
        };
        rows.push(Model {
            state: state.into(),
            ..owed.row(version)
        });
    }
    Ok(rows)
}

fn owed(
    change: &OrderChange<'_>,
    id: Uuid,
    kind: &str,
    transaction: usize,
    amount: Money,
) -> Result<NewObligation, DatabaseError> {
    let payload = OwedReversal {
        transaction,
        amount: amount.minor(),
        charged: charged(change, transaction),
    };
    let payload =
        serde_json::to_string(&payload).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))?;
    Ok(NewObligation {
        id,
        kind: kind.into(),
        // The id of the event grows with time. So new keys lie together in the index, and a commit of many cancellations
        // writes fewer pages than with keys that begin with the order.
        unique_key: format!("{}:{kind}:{transaction}", change.ids.event),
        order: Some(change.transition.after.id),
        payload,
        created_at: change.transition.event.at,
        due_at: None,
    })
}

/// What the change moves of the transaction at the payment provider, where it charged the buyer in another currency. A
/// change owes one void or refund of each transaction.
fn charged(change: &OrderChange<'_>, transaction: usize) -> Option<Money> {
    let used = |order: &Order| {
        let transaction = order.payment.transactions.get(transaction)?;
        transaction.charged.map(|it| it.used)
    };
    let after = used(&change.transition.after)?;
    let before = used(change.before).unwrap_or(Money::zero(after.currency()));
    after.checked_sub(before).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_an_earlier_version_has_no_other_amount_at_the_provider() {
        let old = r#"{"transaction":1,"amount":1500}"#;
        let owed: OwedReversal = serde_json::from_str(old).expect("a payload");
        let expected = OwedReversal {
            transaction: 1,
            amount: 1500,
            charged: None,
        };
        assert_eq!(owed, expected);
        assert_eq!(serde_json::to_string(&owed).expect("a payload"), old);
    }

    #[test]
    fn a_payload_keeps_the_amount_at_the_provider() {
        let sek: Currency = "SEK".parse().expect("a currency");
        let owed = OwedReversal {
            transaction: 0,
            amount: 10_000,
            charged: Some(Money::new(108_537, sek)),
        };
        let text = serde_json::to_string(&owed).expect("a payload");
        assert_eq!(
            text,
            r#"{"transaction":0,"amount":10000,"charged":{"amount":108537,"currency":"SEK"}}"#
        );
        assert_eq!(
            serde_json::from_str::<OwedReversal>(&text).expect("a payload"),
            owed
        );
        let unknown = text.replace("SEK", "XQQ");
        assert!(serde_json::from_str::<OwedReversal>(&unknown).is_err());
    }
}
