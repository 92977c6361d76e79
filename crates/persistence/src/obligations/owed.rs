//! Lists obligations for staff, oldest first, with the orders that they belong to.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Order, OrderId, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use serde::Deserialize;

use super::{NEEDS_ATTENTION, PENDING};
use crate::database::Database;
use crate::error::DatabaseError;
use crate::payments::{KeptReversalEntry, ReversalsOfOrders, entries_of};
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::{Rows, Script};

/// An obligation as staff sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObligation {
    /// The id of the obligation, sortable by time.
    pub id: String,
    /// The code of the kind, such as `refund`.
    pub kind: String,
    /// The state: [`PENDING`](super::PENDING), [`MET`](super::MET), [`NEEDS_ATTENTION`](super::NEEDS_ATTENTION) or
    /// [`ABANDONED`](super::ABANDONED).
    pub state: String,
    /// The order to which the obligation belongs.
    pub order: Option<OrderId>,
    /// The JSON payload, whose fields depend on the kind. The payload of a job is sealed.
    pub payload: String,
    /// The problem of the last attempt; empty where there is none.
    pub last_error: String,
    /// The reference with which the obligation was met; empty before, and where there is none.
    pub receipt: String,
    /// The time of the change that caused the obligation.
    pub created_at: DateTime<Utc>,
    /// When the obligation was met or abandoned; none before.
    pub met_at: Option<DateTime<Utc>>,
}

/// How far apart the clocks of two servers may be, of which one causes an obligation and the other one makes its id.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// Which obligations are listed: those of one kind in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedObligations<'a> {
    /// The code of the kind.
    pub kind: &'a str,
    /// The state.
    pub state: &'a str,
    /// Only those that are late; none for all of them.
    pub late: Option<Lateness<'a>>,
}

/// When an open obligation is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lateness<'a> {
    /// What the last attempt says where the other side has accepted the obligation and works on it.
    pub accepted: &'a str,
    /// One that is not accepted is late if it was caused at this time or before; none if it is not late so soon.
    pub since: Option<DateTime<Utc>>,
    /// Each one is late if it was caused at this time or before.
    pub accepted_since: DateTime<Utc>,
}

/// A page of obligations, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObligationPage {
    /// The obligations.
    pub obligations: Vec<ListedObligation>,
    /// The orders to which they belong.
    pub orders: HashMap<OrderId, Order>,
    /// The voids and refunds of these orders; none where they were not read.
    pub reversals: Option<ReversalsOfOrders>,
    /// Whether newer obligations follow.
    pub has_more: bool,
}

#[derive(Deserialize)]
pub(crate) struct Row {
    id: String,
    kind: String,
    state: String,
    order_id: Option<i64>,
    payload: String,
    last_error: String,
    receipt: String,
    created_at: i64,
    met_at: Option<i64>,
}

impl Database {
    /// At most `limit` obligations that are `wanted` and newer than `after`, oldest first. If `store` is given, the list
    /// holds only obligations for orders of this store view.
    pub async fn obligations(
        &self,
        wanted: &[WantedObligations<'_>],
        store: Option<StoreNumber>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<ObligationPage, DatabaseError> {
        let (script, asked) = self.obligations_script(wanted, store, after, limit);
        let answers = script.fetch().await?;
        let mut rows = Vec::new();
        for found in asked {
            rows.extend(answers.take(found)?);
        }
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let orders: HashSet<i64> = rows.iter().filter_map(|row| row.order_id).collect();
        let ids: Vec<_> = orders.into_iter().collect();
        let (orders, reversals) = self.read_page(ids.clone(), ids).await?;
        Ok(ObligationPage {
            obligations: rows
                .into_iter()
                .map(ListedObligation::try_from)
                .collect::<Result<_, _>>()?,
            orders: orders.into_iter().map(|order| (order.id, order)).collect(),
            reversals,
            has_more,
        })
    }

    /// The script that lists obligations. Each pair of kind and state is one read of the index, so that the number of
    /// rows that are read does not depend on the number of obligations. Late ones are looked for among those of the pair
    /// that are old enough.
    pub(crate) fn obligations_script(
        &self,
        wanted: &[WantedObligations<'_>],
        store: Option<StoreNumber>,
        after: Option<&str>,
        limit: u64,
    ) -> (Script<'_>, Vec<Rows<Row>>) {
        let mut script = Script::read(self);
        let mut asked = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let mut select = columns();
            select
                .and_where(Expr::col(Column::State).eq(wanted.state))
                .and_where(Expr::col(Column::Kind).eq(wanted.kind))
                .order_by(Column::Id, Direction::Asc)
                .limit(limit.saturating_add(1));
            if let Some(late) = &wanted.late {
                select
                    .and_where(Expr::col(Column::Id).lt(late.first_id_in_time()))
                    .cond_where(late.condition());
            }
            if let Some(after) = after {
                select.and_where(Expr::col(Column::Id).gt(after));
            }
            if let Some(store) = store {
                // The id of an order holds the number of its store view.
                let (first, last) = OrderId::range_of(store);
                select.and_where(Expr::col(Column::OrderId).between(first, last));
            }
            asked.push(script.rows(&select));
        }
        (script, asked)
    }

    /// The obligation with `id`, of any kind and in any state.
    pub async fn obligation(&self, id: &str) -> Result<Option<ListedObligation>, DatabaseError> {
        let mut script = Script::read(self);
        let row = script.rows::<Row>(&row_of(id));
        let row = script.fetch().await?.first(row)?;
        row.map(ListedObligation::try_from).transpose()
    }

    /// The obligation with `id`, and its states at the payment provider without the bodies of requests, oldest first:
    /// both as of one moment, in one round trip.
    pub async fn obligation_with_states(
        &self,
        id: &str,
    ) -> Result<(Option<ListedObligation>, Vec<KeptReversalEntry>), DatabaseError> {
        let mut script = Script::read(self);
        let row = script.rows::<Row>(&row_of(id));
        let states = script.select(entries_of(&[id]));
        let answers = script.fetch().await?;
        let row = answers.first(row)?.map(ListedObligation::try_from);
        let states = answers.take(states)?.into_iter();
        let states = states.map(KeptReversalEntry::try_from);
        Ok((row.transpose()?, states.collect::<Result<_, _>>()?))
    }

    /// The id of the obligation with `unique_key`, if there is one and it is open.
    pub async fn open_obligation_with_key(&self, unique_key: &str) -> Result<Option<String>, DatabaseError> {
        let mut select = Query::select();
        select
            .column(Column::Id)
            .from(Entity)
            .and_where(Expr::col(Column::UniqueKey).eq(unique_key))
            .and_where(Expr::col(Column::State).is_in([PENDING, NEEDS_ATTENTION]));
        let mut script = Script::read(self);
        let row = script.rows::<(String,)>(&select);
        Ok(script.fetch().await?.first(row)?.map(|(id,)| id))
    }

    /// Whether an obligation with `unique_key` was ever written.
    pub async fn has_obligation(&self, unique_key: &str) -> Result<bool, DatabaseError> {
        let mut select = Query::select();
        select
            .column(Column::Id)
            .from(Entity)
            .and_where(Expr::col(Column::UniqueKey).eq(unique_key));
        let mut script = Script::read(self);
        let row = script.rows::<(String,)>(&select);
        Ok(script.fetch().await?.first(row)?.is_some())
    }
}

impl<'a> WantedObligations<'a> {
    /// All obligations of `kind` in `state`.
    #[must_use]
    pub fn all(kind: &'a str, state: &'a str) -> Self {
        Self {
            kind,
            state,
            late: None,
        }
    }
}

impl Lateness<'_> {
    fn condition(&self) -> Condition {
        let caused_by = |at: DateTime<Utc>| Expr::col(Column::CreatedAt).lte(to_micros(at));
        let since = self.since.map(|since| {
            Condition::all()
                .add(caused_by(since))
                .add(Expr::col(Column::LastError).ne(self.accepted))
        });
        Condition::any()
            .add(caused_by(self.accepted_since))
            .add_option(since)
    }

    /// An id that is larger than those of all late obligations: ids begin with the time at which they were made.
    fn first_id_in_time(&self) -> String {
        let newest = self
            .since
            .map_or(self.accepted_since, |since| Ord::max(since, self.accepted_since));
        let millis = (newest + CLOCKS_DIFFER).timestamp_millis();
        format!("{:08x}-{:04x}", millis >> 16, millis & 0xffff)
    }
}

/// The query for the obligation with `id`.
fn row_of(id: &str) -> SelectStatement {
    let mut select = columns();
    select.and_where(Expr::col(Column::Id).eq(id));
    select
}

fn columns() -> SelectStatement {
    let mut select = Query::select();
    select.from(Entity).columns([
        Column::Id,
        Column::Kind,
        Column::State,
        Column::OrderId,
        Column::Payload,
        Column::LastError,
        Column::Receipt,
        Column::CreatedAt,
        Column::MetAt,
    ]);
    select
}

impl TryFrom<Row> for ListedObligation {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            order: row.order_id.and_then(OrderId::from_number),
            payload: row.payload,
            last_error: row.last_error,
            receipt: row.receipt,
            created_at: from_micros(row.created_at)?,
            met_at: row.met_at.map(from_micros).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_later_time_is_larger_than_the_bound_and_one_of_an_earlier_time_is_smaller() {
        let at = DateTime::from_timestamp(1_772_884_800, 0).expect("an instant");
        let late = Lateness {
            accepted: "",
            since: Some(at),
            accepted_since: at - TimeDelta::days(3),
        };
        let bound = late.first_id_in_time();
        let id_at = |at: DateTime<Utc>| {
            let millis = u64::try_from(at.timestamp_millis()).expect("after 1970");
            uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10])
                .into_uuid()
                .to_string()
        };
        assert!(id_at(at) < bound, "{bound}");
        assert!(id_at(at + CLOCKS_DIFFER - TimeDelta::milliseconds(1)) < bound);
        assert!(id_at(at + CLOCKS_DIFFER) > bound);
    }
}
