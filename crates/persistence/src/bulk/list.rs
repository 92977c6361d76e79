//! Reads jobs with their counts, and the results of their orders.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{BulkOrderState, BulkState, Money, OrderId, StoreNumber};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::{OrderSearch, Searched};
use crate::rows::entity::bulk_cancellation::{Column, Entity, Model};
use crate::rows::entity::bulk_cancellation_order as row;
use crate::rows::order::order_id;
use crate::rows::time::from_micros;
use crate::sql::script::Script;

/// A job that cancels many orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkCancellation {
    /// The id of the job.
    pub id: String,
    /// The name of the member of staff who asked for it.
    pub actor: String,
    /// The only store view whose orders the job reaches; none for all.
    pub store: Option<StoreNumber>,
    /// The reason as the client sent it.
    pub reason: String,
    /// The comment on each cancellation; none without one.
    pub comment: Option<String>,
    /// Whether buyers are told by mail; none where the setting of the store view decides.
    pub notifies_customer: Option<bool>,
    /// The most orders that are canceled in a second.
    pub per_second: i32,
    /// How far the job is.
    pub state: BulkState,
    /// When the job was asked for.
    pub created_at: DateTime<Utc>,
    /// When a worker began; none before.
    pub started_at: Option<DateTime<Utc>>,
    /// When each order had its result; none before.
    pub finished_at: Option<DateTime<Utc>>,
    /// The number of orders by result, and the money that flows back.
    pub counts: Vec<BulkCount>,
}

/// The orders of a job that have the same result and the same currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkCount {
    /// The result.
    pub state: BulkOrderState,
    /// The number of orders.
    pub orders: u64,
    /// The money that flows back for them; none unless they are canceled.
    pub refund: Option<Money>,
}

/// A page of jobs, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPage {
    /// The jobs.
    pub jobs: Vec<BulkCancellation>,
    /// Whether older jobs exist.
    pub has_more: bool,
}

/// An order of a job with its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOrder {
    /// The position of the order in the job, from 0.
    pub position: i32,
    /// The order.
    pub order: OrderId,
    /// The result.
    pub state: BulkOrderState,
    /// The code of the refusal or the failure; empty without one.
    pub code: String,
    /// The message of the refusal or the failure; empty without one.
    pub message: String,
    /// The money that flows back; none unless the order is canceled.
    pub refund: Option<Money>,
    /// When the order got its result; none while it waits.
    pub done_at: Option<DateTime<Utc>>,
}

/// A page of the orders of a job, in their sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOrderPage {
    /// The orders.
    pub orders: Vec<BulkOrder>,
    /// Whether more orders follow.
    pub has_more: bool,
}

impl Database {
    /// The job with `id`.
    pub async fn bulk_cancellation(&self, id: &str) -> Result<Option<BulkCancellation>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::Id.eq(id)));
        let found = script.fetch().await?.take(found)?;
        Ok(self.with_counts(found).await?.pop())
    }

    /// The jobs of `store`, or all jobs; newest first, after the one with the id `after`.
    pub async fn bulk_cancellations(
        &self,
        store: Option<StoreNumber>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<BulkPage, DatabaseError> {
        let mut found = Entity::find();
        if let Some(store) = store {
            found = found.filter(Column::StoreNumber.eq(store.0));
        }
        if let Some(after) = after {
            found = found.filter(Column::Id.lt(after));
        }
        let mut script = Script::read(self);
        let found = script.select(found.order_by_desc(Column::Id).limit(limit.saturating_add(1)));
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        Ok(BulkPage {
            jobs: self.with_counts(found).await?,
            has_more,
        })
    }

    /// The orders of the job `id` after the position `after`, only those with the result `state` if it is given.
    pub async fn bulk_orders(
        &self,
        id: &str,
        state: Option<BulkOrderState>,
        after: Option<i32>,
        limit: u64,
    ) -> Result<BulkOrderPage, DatabaseError> {
        let mut found = row::Entity::find().filter(row::Column::BulkId.eq(id));
        if let Some(state) = state {
            found = found.filter(row::Column::State.eq(<&'static str>::from(state)));
        }
        if let Some(after) = after {
            found = found.filter(row::Column::Position.gt(after));
        }
        let mut script = Script::read(self);
        let found = found.order_by_asc(row::Column::Position);
        let found = script.select(found.limit(limit.saturating_add(1)));
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        let orders = found.into_iter().map(BulkOrder::try_from);
        Ok(BulkOrderPage {
            orders: orders.collect::<Result<_, _>>()?,
            has_more,
        })
    }

    /// The ids of the orders that a search finds, newest first, at most as many as the search's limit.
    pub async fn search_order_ids(
        &self,
        search: &OrderSearch,
    ) -> Result<Searched<Vec<OrderId>>, DatabaseError> {
        let Searched::Found(canceled) = self.canceled_orders(search).await? else {
            return Ok(Searched::TooManyCanceled);
        };
        let mut script = Script::read(self);
        let rows = script.rows::<(i64, i64)>(&self.order_ids(search, canceled.as_deref()));
        let rows = script.fetch().await?.take(rows)?;
        let ids = rows.into_iter().map(|(_, id)| order_id(id));
        Ok(Searched::Found(ids.collect::<Result<_, _>>()?))
    }

    /// The name of the 64-bit integers in a cast.
    pub(crate) fn whole_number(&self) -> Alias {
        Alias::new(match self.backend() {
            DatabaseBackend::MySql => "SIGNED",
            _ => "BIGINT",
        })
    }

    async fn with_counts(&self, rows: Vec<Model>) -> Result<Vec<BulkCancellation>, DatabaseError> {
        use row::Column as C;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut counted = Query::select();
        counted
            .columns([C::BulkId, C::State, C::Currency])
            .expr(Expr::col(Asterisk).count())
            // The sum of 64-bit integers has another type on each database.
            .expr(Expr::col(C::Refund).sum().cast_as(self.whole_number()))
            .from(row::Entity)
            .and_where(Expr::col(C::BulkId).is_in(rows.iter().map(|row| row.id.as_str())))
            .group_by_columns([C::BulkId, C::State, C::Currency])
            .order_by(C::State, sea_orm::Order::Asc)
            .order_by(C::Currency, sea_orm::Order::Asc);
        let mut script = Script::read(self);
        let counted = script.rows::<(String, String, String, i64, i64)>(&counted);
        let mut counts: HashMap<String, Vec<BulkCount>> = HashMap::new();
        for (id, state, currency, orders, refund) in script.fetch().await?.take(counted)? {
            counts.entry(id).or_default().push(BulkCount {
                state: order_state(&state)?,
                orders: u64::try_from(orders).unwrap_or(0),
                refund: money(refund, &currency)?,
            });
        }
        let read = |row: Model| {
            let counts = counts.remove(&row.id).unwrap_or_default();
            BulkCancellation::read(row, counts)
        };
        rows.into_iter().map(read).collect()
    }
}

impl BulkCancellation {
    fn read(row: Model, counts: Vec<BulkCount>) -> Result<Self, DatabaseError> {
        let unknown = |_| DatabaseError::Corrupt(format!("bulk state `{}`", row.state));
        Ok(Self {
            state: row.state.parse().map_err(unknown)?,
            id: row.id,
            actor: row.actor,
            store: row.store_number.map(StoreNumber),
            reason: row.reason,
            comment: row.comment,
            notifies_customer: row.notifies_customer,
            per_second: row.per_second,
            created_at: from_micros(row.created_at)?,
            started_at: row.started_at.map(from_micros).transpose()?,
            finished_at: row.finished_at.map(from_micros).transpose()?,
            counts,
        })
    }

    /// The number of orders with the result `state`.
    #[must_use]
    pub fn count(&self, state: BulkOrderState) -> u64 {
        let counts = self.counts.iter().filter(|count| count.state == state);
        counts.map(|count| count.orders).sum()
    }

    /// The number of all orders.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|count| count.orders).sum()
    }
}

impl TryFrom<row::Model> for BulkOrder {
    type Error = DatabaseError;

    fn try_from(row: row::Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            position: row.position,
            order: order_id(row.order_id)?,
            state: order_state(&row.state)?,
            refund: money(row.refund, &row.currency)?,
            code: row.code,
            message: row.message,
            done_at: row.done_at.map(from_micros).transpose()?,
        })
    }
}

fn order_state(code: &str) -> Result<BulkOrderState, DatabaseError> {
    code.parse()
        .map_err(|_| DatabaseError::Corrupt(format!("result `{code}`")))
}

/// An amount, if its row has a currency.
fn money(minor: i64, currency: &str) -> Result<Option<Money>, DatabaseError> {
    if currency.is_empty() {
        return Ok(None);
    }
    let currency = currency
        .parse()
        .map_err(|_| DatabaseError::Corrupt(format!("currency `{currency}`")))?;
    Ok(Some(Money::new(minor, currency)))
}
