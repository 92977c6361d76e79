//! Reads the voids and refunds of orders, each with its states at its payment provider, in one round trip.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, ReversalEntry};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::KeptReversalEntry;
use super::reversal::without_bodies;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{ABANDONED, MET, NEEDS_ATTENTION, OwedReversal, REFUND, VOID};
use crate::rows::entity::{obligation, reversal_entry};
use crate::rows::order::order_id;
use crate::rows::time::from_micros;
use crate::sql::answers::Answers;
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
    /// The time at which it was left to staff; none where the program goes on by itself, and where it has ended.
    pub left_to_staff_at: Option<DateTime<Utc>>,
    /// The problem of the last attempt; empty where there is none.
    pub problem: String,
    /// The states at the payment provider, oldest first. States are only added.
    pub entries: Vec<ReversalEntry>,
}

/// The voids and refunds of several orders, those of the oldest change of each order first.
pub type ReversalsOfOrders = HashMap<OrderId, Vec<ReversalSeries>>;

/// The positions of voids and refunds in the answers.
pub(crate) struct AskedSeries {
    owed: Rows<obligation::Model>,
    entries: Rows<reversal_entry::Model>,
}

impl Database {
    /// The same database, which reads the voids and refunds of orders together with the orders. The orders of a customer's
    /// subscriptions come without them all the same: a subscription does not show the refunds of its order.
    #[must_use]
    pub fn reading_reversals(&self) -> Self {
        let mut database = self.clone();
        database.reads_reversals = true;
        database
    }

    /// The voids and refunds of `order`, those of the oldest change first. A later change adds to the end.
    pub async fn reversal_series(&self, order: OrderId) -> Result<Vec<ReversalSeries>, DatabaseError> {
        let (script, asked) = self.series_script(order);
        let mut all = asked.read_from(&script.fetch().await?)?;
        Ok(all.remove(&order).unwrap_or_default())
    }

    /// The script that reads the voids and refunds of an order and their states at providers.
    pub(crate) fn series_script(&self, order: OrderId) -> (Script<'_>, AskedSeries) {
        let mut script = Script::read(self);
        let asked = add_series(&mut script, &obligation::Column::OrderId.eq(order.number()));
        (script, asked)
    }
}

/// Adds reads of the voids and refunds whose obligations are `of_orders`, and of their states at providers.
pub(crate) fn add_series(script: &mut Script<'_>, of_orders: &Expr) -> AskedSeries {
    let mut ids = Query::select();
    ids.column(obligation::Column::Id)
        .from(obligation::Entity)
        .and_where(of_orders.clone())
        .and_where(Expr::col(obligation::Column::Kind).is_in([VOID, REFUND]));
    AskedSeries {
        owed: script.select(
            obligation::Entity::find()
                .filter(of_orders.clone())
                .filter(obligation::Column::Kind.is_in([VOID, REFUND])),
        ),
        entries: script.select(
            without_bodies()
                .filter(reversal_entry::Column::ObligationId.in_subquery(ids))
                .order_by_asc(reversal_entry::Column::ObligationId)
                .order_by_asc(reversal_entry::Column::Position),
        ),
    }
}

impl AskedSeries {
    /// The voids and refunds in the answers, by order.
    pub(crate) fn read_from(self, answers: &Answers) -> Result<ReversalsOfOrders, DatabaseError> {
        let mut of_obligation: HashMap<String, Vec<ReversalEntry>> = HashMap::new();
        for row in answers.take(self.entries)? {
            let kept = KeptReversalEntry::try_from(row)?;
            of_obligation.entry(kept.obligation).or_default().push(kept.entry);
        }
        let mut rows = answers.take(self.owed)?;
        rows.sort_by(|one, other| (one.order_version, &one.id).cmp(&(other.order_version, &other.id)));
        let mut all: HashMap<OrderId, Vec<(Option<i64>, ReversalSeries)>> = HashMap::new();
        for row in rows {
            if let Some(order) = row.order_id {
                let entries = of_obligation.remove(&row.id).unwrap_or_default();
                let of_order = all.entry(order_id(order)?).or_default();
                of_order.push((row.order_version, ReversalSeries::of(row, entries)?));
            }
        }
        // The sequence is that of the cursors of refund updates.
        let by_transaction = |mut of_order: Vec<(Option<i64>, ReversalSeries)>| {
            of_order.sort_by_key(|(version, series)| (*version, series.transaction));
            of_order.into_iter().map(|(_, series)| series).collect::<Vec<_>>()
        };
        let all = all.into_iter();
        Ok(all
            .map(|(order, of_order)| (order, by_transaction(of_order)))
            .collect())
    }
}

impl ReversalSeries {
    fn of(row: obligation::Model, entries: Vec<ReversalEntry>) -> Result<Self, DatabaseError> {
        let owed: OwedReversal = serde_json::from_str(&row.payload)
            .map_err(|problem| DatabaseError::Corrupt(format!("{} {}: {problem}", row.kind, row.id)))?;
        let created_at = from_micros(row.created_at)?;
        let ended_at = row.met_at.map_or(Ok(created_at), from_micros)?;
        let left_at = if row.due_at > 0 {
            from_micros(row.due_at)?
        } else {
            entries.last().map_or(created_at, |last| last.at)
        };
        Ok(Self {
            is_refund: row.kind == REFUND,
            transaction: owed.transaction,
            amount: owed.amount,
            owed_at: created_at,
            settled_at: (row.state == MET).then_some(ended_at),
            abandoned_at: (row.state == ABANDONED).then_some(ended_at),
            left_to_staff_at: (row.state == NEEDS_ATTENTION).then_some(left_at),
            problem: row.last_error,
            entries,
            obligation: row.id,
        })
    }
}
