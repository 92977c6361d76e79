//! Reads the events of a time, page by page, so that an endpoint can be told of them again.

use chrono::{DateTime, Utc};
use countermand_domain::{EventKind, OrderId};
use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::order_event::{Column, Entity};
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::{Rows, Script};

/// The place of an event among all events. Places sort by time, then by order, then by version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// The time of the event.
    pub at: DateTime<Utc>,
    /// The order that changed.
    pub order: OrderId,
    /// The version that the event made of the order.
    pub version: i64,
}

/// An event of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventOfTime {
    /// The place of the event.
    pub place: EventPlace,
    /// The kind of the event; none if only a newer version of the program knows it.
    pub kind: Option<EventKind>,
}

/// A page of the events of a time, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsOfTime {
    /// The events.
    pub events: Vec<EventOfTime>,
    /// Whether later events of the time follow.
    pub has_more: bool,
}

/// A row of the page: the kind, the order, the version and the time of an event.
type EventRow = (String, i64, i64, i64);

impl Database {
    /// At most `limit` events of all orders from `from` to `to`, both included, after the place `after`, oldest first.
    ///
    /// The time of an event is that of its decision, and the event is committed later. So an event of the last minute
    /// may still appear before the place of an event that was read.
    pub async fn events_of_time(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<EventPlace>,
        limit: u64,
    ) -> Result<EventsOfTime, DatabaseError> {
        let (script, found) = self.events_of_time_script(from, to, after, limit);
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        let events = found.into_iter().map(event).collect::<Result<_, _>>()?;
        Ok(EventsOfTime { events, has_more })
    }

    /// The script that reads a page and one more event. The index of times leads to the first one.
    pub(crate) fn events_of_time_script(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<EventPlace>,
        limit: u64,
    ) -> (Script<'_>, Rows<EventRow>) {
        let begin = after.map_or(from, |last| Ord::max(from, last.at));
        let mut events = Query::select();
        events
            .columns([Column::Kind, Column::OrderId, Column::Version, Column::CreatedAt])
            .from(Entity)
            .and_where(Expr::col(Column::CreatedAt).gte(to_micros(begin)))
            .and_where(Expr::col(Column::CreatedAt).lte(to_micros(to)))
            .order_by(Column::CreatedAt, Direction::Asc)
            .order_by(Column::OrderId, Direction::Asc)
            .order_by(Column::Version, Direction::Asc)
            .limit(limit.saturating_add(1));
        if let Some(last) = after {
            events.and_where(is_after(last));
        }
        let mut script = Script::read(self);
        let events = script.rows(&events);
        (script, events)
    }
}

/// The condition of the events that stand after `last`.
fn is_after(last: EventPlace) -> Expr {
    let order = last.order.number();
    let is_later = Expr::col(Column::CreatedAt).gt(to_micros(last.at));
    let of_later_order = Expr::col(Column::OrderId).gt(order);
    let of_later_version = Expr::col(Column::OrderId)
        .eq(order)
        .and(Expr::col(Column::Version).gt(last.version));
    is_later.or(of_later_order).or(of_later_version)
}

fn event((kind, order, version, at): EventRow) -> Result<EventOfTime, DatabaseError> {
    Ok(EventOfTime {
        place: EventPlace {
            at: from_micros(at)?,
            order: order_id(order)?,
            version,
        },
        kind: EventKind::from_code(&kind),
    })
}
