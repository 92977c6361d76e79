//! Tells what happened to all orders in a time, for readers who follow many orders.

use chrono::{DateTime, Utc};
use countermand_domain::{CustomerId, OrderId};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{obligation, order, order_event, reversal_entry};
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::{Rows, Script};

/// A change of an order, or a new state of money that the order gives back. Entries sort by time, and those of one order
/// at the same time by version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedEntry {
    /// The time by the clock of the server that made the change. The change is committed later.
    pub at: DateTime<Utc>,
    /// The order.
    pub order: OrderId,
    /// What happened.
    pub change: FeedChange,
    /// The customer who placed the order; none for a guest.
    pub customer: Option<CustomerId>,
}

/// What happened to an order. The same order has the same change only once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedChange {
    /// An event brought the order to this version.
    Version(i64),
    /// A void or a refund has a new state at its payment provider: the id of the obligation, and the position of the
    /// state.
    Reversal(String, i64),
}

/// A row of the feed: an id, the order, a number, a time and the customer.
type FeedRow = (String, i64, i64, i64, Option<i64>);

impl Database {
    /// What happened to all orders from `from` on and before `until`, in the sequence of time; without `until`, all that
    /// is there. What was not committed when this was read may appear later with an earlier time.
    pub async fn feed(
        &self,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Vec<FeedEntry>, DatabaseError> {
        let (script, events, states) = self.feed_script(from, until);
        let answers = script.fetch().await?;
        let mut entries = Vec::new();
        for (_, order, version, at, customer) in answers.take(events)? {
            entries.push(entry(order, FeedChange::Version(version), at, customer)?);
        }
        for (obligation, order, position, at, customer) in answers.take(states)? {
            let change = FeedChange::Reversal(obligation, position);
            entries.push(entry(order, change, at, customer)?);
        }
        entries.sort_unstable();
        Ok(entries)
    }

    /// The time by the clock of the database.
    pub async fn clock_time(&self) -> Result<DateTime<Utc>, DatabaseError> {
        let mut now = Query::select();
        now.expr(self.database_now().cast_as(self.whole_number()));
        let mut script = Script::read(self);
        let now = script.rows::<(i64,)>(&now);
        let (now,) = script.fetch().await?.first(now)?.unwrap_or_default();
        from_micros(now)
    }

    /// The script that reads the events of a time, and the states of voids and refunds at providers. Each end of the time
    /// is a value: PostgreSQL expects few rows only between two ends.
    pub(crate) fn feed_script(
        &self,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> (Script<'_>, Rows<FeedRow>, Rows<FeedRow>) {
        let (from, until) = (to_micros(from), until.map_or(i64::MAX, to_micros));
        let between = |mut rows: SelectStatement, at: Expr| {
            rows.and_where(at.clone().gte(from)).and_where(at.lt(until));
            rows
        };
        let mut script = Script::read(self);
        let at = Expr::col((order_event::Entity, order_event::Column::CreatedAt));
        let events = script.rows(&between(events(), at));
        let at = Expr::col((reversal_entry::Entity, reversal_entry::Column::At));
        let states = script.rows(&between(states(), at));
        (script, events, states)
    }
}

fn entry(order: i64, change: FeedChange, at: i64, customer: Option<i64>) -> Result<FeedEntry, DatabaseError> {
    Ok(FeedEntry {
        at: from_micros(at)?,
        order: order_id(order)?,
        change,
        customer: customer.map(CustomerId::from_number),
    })
}

/// Events with the customers of their orders.
fn events() -> SelectStatement {
    use order_event::{Column, Entity};
    let mut select = Query::select();
    select
        .column((Entity, Column::Id))
        .column((Entity, Column::OrderId))
        .column((Entity, Column::Version))
        .column((Entity, Column::CreatedAt))
        .column((order::Entity, order::Column::CustomerId))
        .from(Entity)
        .inner_join(
            order::Entity,
            Expr::col((order::Entity, order::Column::Id)).equals((Entity, Column::OrderId)),
        );
    select
}

/// States of voids and refunds with the customers of their orders.
fn states() -> SelectStatement {
    use reversal_entry::{Column, Entity};
    let mut select = Query::select();
    select
        .column((Entity, Column::ObligationId))
        .column((obligation::Entity, obligation::Column::OrderId))
        .column((Entity, Column::Position))
        .column((Entity, Column::At))
        .column((order::Entity, order::Column::CustomerId))
        .from(Entity)
        .inner_join(
            obligation::Entity,
            Expr::col((obligation::Entity, obligation::Column::Id)).equals((Entity, Column::ObligationId)),
        )
        .inner_join(
            order::Entity,
            Expr::col((order::Entity, order::Column::Id))
                .equals((obligation::Entity, obligation::Column::OrderId)),
        );
    select
}
