//! Reads the voids and refunds of an order, each with its states at its payment provider, in one round trip.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, ReversalEntry};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::KeptReversalEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{ABANDONED, MET, OwedReversal, REFUND, VOID};
use crate::rows::entity::{obligation, reversal_entry};
use crate::rows::time::from_micros;
use crate::sql::script::{Rows, Script};

/// A void or a refund of an order, with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalSeries {
    /// The id of the obligation.
    pub obligation: String,
    /// Whether captured money is paid back; false where a reserved amount is released.
    pub is_refund: bool,
    /// The position of the payment transaction, from 0.
    pub transaction: usize,
    /// The amount in minor units of the order's currency.
    pub amount: i64,
    /// The time of the change that caused it.
    pub owed_at: DateTime<Utc>,
    /// The time at which the books said that the money has moved; none as long as they do not say it.
    pub settled_at: Option<DateTime<Utc>>,
    /// The time at which staff ended it although no money had moved; none where staff has not, or where money moved later.
    pub abandoned_at: Option<DateTime<Utc>>,
    /// The states at the payment provider, oldest first. States are only added.
    pub entries: Vec<ReversalEntry>,
}

impl Database {
    /// The voids and refunds of `order`, those of the oldest change first. A later change adds to the end.
    pub async fn reversal_series(&self, order: OrderId) -> Result<Vec<ReversalSeries>, DatabaseError> {
        let (script, owed, entries) = self.series_script(order);
        let answers = script.fetch().await?;
        let mut of_obligation: HashMap<String, Vec<ReversalEntry>> = HashMap::new();
        for row in answers.take(entries)? {
            let kept = KeptReversalEntry::try_from(row)?;
            of_obligation.entry(kept.obligation).or_default().push(kept.entry);
        }
        let mut all = Vec::new();
        for row in answers.take(owed)? {
            let owed: OwedReversal = serde_json::from_str(&row.payload)
                .map_err(|problem| DatabaseError::Corrupt(format!("{} {}: {problem}", row.kind, row.id)))?;
            let created_at = from_micros(row.created_at)?;
            let ended_at = row.met_at.map_or(Ok(created_at), from_micros)?;
            let series = ReversalSeries {
                is_refund: row.kind == REFUND,
                transaction: owed.transaction,
                amount: owed.amount,
                owed_at: created_at,
                settled_at: (row.state == MET).then_some(ended_at),
                abandoned_at: (row.state == ABANDONED).then_some(ended_at),
                entries: of_obligation.remove(&row.id).unwrap_or_default(),
                obligation: row.id,
            };
            all.push(((row.order_version, owed.transaction), series));
        }
        all.sort_by(|(one, first), (other, second)| {
            (one, &first.obligation).cmp(&(other, &second.obligation))
        });
        Ok(all.into_iter().map(|(_, series)| series).collect())
    }

    /// The script that reads the voids and refunds of an order and their states at providers.
    pub(crate) fn series_script(
        &self,
        order: OrderId,
    ) -> (Script<'_>, Rows<obligation::Model>, Rows<reversal_entry::Model>) {
        let mut ids = Query::select();
        ids.column(obligation::Column::Id)
            .from(obligation::Entity)
            .and_where(Expr::col(obligation::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(obligation::Column::Kind).is_in([VOID, REFUND]));
        let mut script = Script::read(self);
        let owed = script.select(
            obligation::Entity::find()
                .filter(obligation::Column::OrderId.eq(order.number()))
                .filter(obligation::Column::Kind.is_in([VOID, REFUND])),
        );
        let entries = script.select(
            reversal_entry::Entity::find()
                .filter(reversal_entry::Column::ObligationId.in_subquery(ids))
                .order_by_asc(reversal_entry::Column::ObligationId)
                .order_by_asc(reversal_entry::Column::Position),
        );
        (script, owed, entries)
    }
}
