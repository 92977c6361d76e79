//! Tells what happened to all orders in a time, for readers who follow many orders.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{CustomerId, EventKind, OrderId, StoreNumber};
use sea_orm::Order as Direction;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NEEDS_ATTENTION, REFUND, VOID};
use crate::rows::entity::{obligation, order, order_event, reversal_entry};
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::{Rows, Script};

/// The most events of a page of the feed, and the most states of voids and refunds.
pub(crate) const PAGE: u64 = 5_000;

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
    /// Whether an import made the change. An import owes no void and no refund.
    pub is_import: bool,
}

/// What happened to an order. The same order has the same change only once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedChange {
    /// An event brought the order to this version.
    Version(i64),
    /// A void or a refund has a new state at its payment provider: the id of the obligation, and the position of the
    /// state.
    Reversal(String, i64),
    /// A void or a refund was left to staff: the id of the obligation, and the time in microseconds since 1970.
    LeftToStaff(String, i64),
}

/// The orders of a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedReach {
    /// The only customer; none for all.
    pub customer: Option<CustomerId>,
    /// The only store view; none for all.
    pub store: Option<StoreNumber>,
}

impl FeedReach {
    /// Whether the order of `entry` is one of these.
    #[must_use]
    pub fn has(self, entry: &FeedEntry) -> bool {
        self.store.is_none_or(|store| entry.order.store() == store)
            && self.customer.is_none_or(|own| entry.customer == Some(own))
    }
}

/// What happened in a part of a time.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// What happened, in the sequence of time.
    pub entries: Vec<FeedEntry>,
    /// The end of the part: the page has all that happened before it.
    pub until: DateTime<Utc>,
}

/// A row of the feed: the kind of an event or the id of an obligation, the order, a number, a time and the customer.
type FeedRow = (String, i64, i64, i64, Option<i64>);

impl Database {
    /// What happened to the orders in `reach` from `from` on and before `until`, which is later: the first page of it.
    /// What was not committed when this was read may appear later with an earlier time.
    pub async fn feed(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        reach: FeedReach,
    ) -> Result<FeedPage, DatabaseError> {
        let page = self.feed_page(from, until, reach, Some(PAGE)).await?;
        if page.until > from {
            return Ok(page);
        }
        // The whole page has one time. The next page begins after that time, so all of that time is read.
        let next = from + TimeDelta::microseconds(1);
        self.feed_page(from, next, reach, None).await
    }

    /// The same, with at most `most` events, and as many states.
    async fn feed_page(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        reach: FeedReach,
        most: Option<u64>,
    ) -> Result<FeedPage, DatabaseError> {
        let (script, asked) = self.feed_script(from, until, reach, most);
        let answers = script.fetch().await?;
        let (events, states) = (answers.take(asked.events)?, answers.take(asked.states)?);
        let left = answers.take(asked.left)?;
        let mut until = until;
        for rows in [&events, &states, &left] {
            until = end_of(rows, until, most)?;
        }
        let events = events.into_iter().map(|(kind, order, version, at, customer)| {
            let kind = EventKind::from_code(&kind);
            let is_import = matches!(kind, Some(EventKind::Imported | EventKind::Updated));
            entry(order, FeedChange::Version(version), at, customer, is_import)
        });
        let states = states
            .into_iter()
            .map(|(obligation, order, position, at, customer)| {
                let change = FeedChange::Reversal(obligation, position);
                entry(order, change, at, customer, false)
            });
        let left = left.into_iter().map(|(obligation, order, _, at, customer)| {
            let change = FeedChange::LeftToStaff(obligation, at);
            entry(order, change, at, customer, false)
        });
        let mut entries = Vec::new();
        for entry in events.chain(states).chain(left) {
            match entry {
                Ok(entry) if entry.at < until => entries.push(entry),
                // The next page has it.
                Ok(_) => {}
                Err(problem) => tracing::error!(%problem, "a change of an order is not told"),
            }
        }
        entries.sort_unstable();
        Ok(FeedPage { entries, until })
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

    /// The script that reads the events of a time, the states of voids and refunds at providers, and those that were left
    /// to staff, at most `most` of each. Each end of the time is a value: PostgreSQL expects few rows only between two
    /// ends.
    pub(crate) fn feed_script(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        reach: FeedReach,
        most: Option<u64>,
    ) -> (Script<'_>, AskedFeed) {
        let (from, until) = (to_micros(from), to_micros(until));
        let page = |mut rows: SelectStatement, at: Expr| {
            rows.and_where(at.clone().gte(from))
                .and_where(at.clone().lt(until))
                .order_by_expr(at, Direction::Asc);
            add_reach(&mut rows, reach);
            if let Some(most) = most {
                rows.limit(most);
            }
            rows
        };
        let mut script = Script::read(self);
        let at = Expr::col((order_event::Entity, order_event::Column::CreatedAt));
        let events = script.rows(&page(events(), at));
        let at = Expr::col((reversal_entry::Entity, reversal_entry::Column::At));
        let states = script.rows(&page(states(), at));
        let at = Expr::col((obligation::Entity, obligation::Column::DueAt));
        let left = script.rows(&page(left_to_staff(), at));
        let asked = AskedFeed { events, states, left };
        (script, asked)
    }
}

/// The positions of a part of the feed in the answers.
pub(crate) struct AskedFeed {
    events: Rows<FeedRow>,
    states: Rows<FeedRow>,
    left: Rows<FeedRow>,
}

/// Leaves only the orders in `reach`. A sum is found by no index, so the database goes through the index of time, which
/// is short in a page of the feed, and not through all orders of a store view or of a customer.
fn add_reach(rows: &mut SelectStatement, reach: FeedReach) {
    use order::{Column, Entity};
    if let Some(customer) = reach.customer {
        let of_customer = Expr::col((Entity, Column::CustomerId)).add(0_i64);
        rows.and_where(of_customer.eq(customer.number()));
    }
    if let Some(store) = reach.store {
        let (first, last) = OrderId::range_of(store);
        let id = Expr::col((Entity, Column::Id)).add(0_i64);
        rows.and_where(id.clone().gte(first)).and_where(id.lte(last));
    }
}

/// The end of a page that was to end at `until`. A full page ends before the time of its last row, because more rows may
/// have that time.
fn end_of(rows: &[FeedRow], until: DateTime<Utc>, most: Option<u64>) -> Result<DateTime<Utc>, DatabaseError> {
    let is_full = most.is_some_and(|most| u64::try_from(rows.len()).unwrap_or(u64::MAX) >= most);
    match rows.iter().map(|(_, _, _, at, _)| *at).max() {
        Some(last) if is_full => Ok(Ord::min(until, from_micros(last)?)),
        Some(_) | None => Ok(until),
    }
}

fn entry(
    order: i64,
    change: FeedChange,
    at: i64,
    customer: Option<i64>,
    is_import: bool,
) -> Result<FeedEntry, DatabaseError> {
    Ok(FeedEntry {
        at: from_micros(at)?,
        order: order_id(order)?,
        change,
        customer: customer.map(CustomerId::from_number),
        is_import,
    })
}

/// Events with the customers of their orders.
fn events() -> SelectStatement {
    use order_event::{Column, Entity};
    let mut select = Query::select();
    select
        .column((Entity, Column::Kind))
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

/// Voids and refunds that wait for staff, with the customers of their orders. The third column is not read.
fn left_to_staff() -> SelectStatement {
    use obligation::{Column, Entity};
    let mut select = Query::select();
    select
        .column((Entity, Column::Id))
        .column((Entity, Column::OrderId))
        .column((Entity, Column::CreatedAt))
        .column((Entity, Column::DueAt))
        .column((order::Entity, order::Column::CustomerId))
        .from(Entity)
        .inner_join(
            order::Entity,
            Expr::col((order::Entity, order::Column::Id)).equals((Entity, Column::OrderId)),
        )
        .and_where(Expr::col((Entity, Column::State)).eq(NEEDS_ATTENTION))
        .and_where(Expr::col((Entity, Column::Kind)).is_in([VOID, REFUND]));
    select
}
