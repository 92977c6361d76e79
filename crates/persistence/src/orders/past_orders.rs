//! Reads past orders with their events, page by page, for callers that look at what happened to many orders.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, EventData, OrderEvent, PastOrder, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::history::TrailEvent;
use crate::orders::load::{AskedChildren, OrderIds, add_children};
use crate::rows::entity::{order, order_event};
use crate::rows::order::assemble;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::one_of::one_of;
use crate::sql::script::{Rows, Script};

/// The orders of a time, one page of them.
#[derive(Debug, Clone)]
pub struct PastOrdersQuery {
    /// The store views of the orders.
    pub stores: Vec<StoreNumber>,
    /// The first instant at which the orders were placed.
    pub from: DateTime<Utc>,
    /// The instant after the last one.
    pub until: DateTime<Utc>,
    /// The place of the last order of the page before; none for the first page.
    pub after: Option<PastOrderPlace>,
    /// The most orders of a page.
    pub limit: u64,
}

/// The place of an order among the orders of a time: when it was placed, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PastOrderPlace {
    /// When the order was placed.
    pub placed_at: DateTime<Utc>,
    /// The number of the order's id.
    pub order: i64,
}

impl Database {
    /// The places of the next orders of `query`, by the time when they were placed.
    pub async fn past_order_places(
        &self,
        query: &PastOrdersQuery,
    ) -> Result<Vec<PastOrderPlace>, DatabaseError> {
        let (script, of_stores) = self.past_order_places_script(query);
        let answers = script.fetch().await?;
        let mut places = Vec::new();
        for rows in of_stores {
            for (placed_at, order) in answers.take(rows)? {
                let placed_at = from_micros(placed_at)?;
                places.push(PastOrderPlace { placed_at, order });
            }
        }
        places.sort_unstable();
        places.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(places)
    }

    /// The script for the next orders of each store view: the index by store view and time holds all that is needed.
    pub(crate) fn past_order_places_script(
        &self,
        query: &PastOrdersQuery,
    ) -> (Script<'_>, Vec<Rows<(i64, i64)>>) {
        let mut script = Script::read(self);
        let of_stores = query.stores.iter();
        let of_stores = of_stores.map(|store| script.rows(&places_in(*store, query)));
        let of_stores = of_stores.collect();
        (script, of_stores)
    }

    /// The orders at `places` as they are now, each with its events, in the sequence of `places`, in one round trip. An
    /// order that was removed since is left out.
    pub async fn past_orders(&self, places: &[PastOrderPlace]) -> Result<Vec<PastOrder>, DatabaseError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let (script, asked) = self.past_orders_script(places.iter().map(|place| place.order).collect());
        let answers = script.fetch().await?;
        let orders = assemble(answers.take(asked.orders)?, asked.children.read_from(&answers)?)?;
        let orders = orders.into_iter().map(|order| (order.id.number(), order));
        let mut orders: HashMap<i64, _> = orders.collect();
        let mut events: HashMap<i64, Vec<OrderEvent>> = HashMap::new();
        for row in answers.take(asked.events)? {
            // A change that came while the answers were read is part of no order here.
            if orders
                .get(&row.order_id)
                .is_some_and(|order| row.version <= order.version)
            {
                events.entry(row.order_id).or_default().push(event(row)?);
            }
        }
        let past = places.iter().filter_map(|place| {
            Some(PastOrder {
                order: orders.remove(&place.order)?,
                events: events.remove(&place.order).unwrap_or_default(),
            })
        });
        Ok(past.collect())
    }

    pub(crate) fn past_orders_script(&self, ids: Vec<i64>) -> (Script<'_>, AskedPastOrders) {
        let mut script = Script::read(self);
        let of_orders = one_of(order::Column::Id, ids.clone(), self.backend());
        let of_events = one_of(order_event::Column::OrderId, ids.clone(), self.backend());
        let asked = AskedPastOrders {
            orders: script.select(order::Entity::find().filter(of_orders)),
            children: add_children(&mut script, &OrderIds::These(ids)),
            events: script.select(
                order_event::Entity::find()
                    .filter(of_events)
                    .order_by_asc(order_event::Column::OrderId)
                    .order_by_asc(order_event::Column::Version),
            ),
        };
        (script, asked)
    }
}

/// The positions of orders, their parts and their events in the answers.
pub(crate) struct AskedPastOrders {
    orders: Rows<order::Model>,
    children: AskedChildren,
    events: Rows<order_event::Model>,
}

/// The time and the id of the next orders of `query` in `store`.
fn places_in(store: StoreNumber, query: &PastOrdersQuery) -> SelectStatement {
    use order::Column as C;
    let mut places = Query::select();
    let begin = query.after.map_or(query.from, |last| last.placed_at);
    places
        .columns([C::PlacedAt, C::Id])
        .from(order::Entity)
        .and_where(C::StoreNumber.eq(store.0))
        .and_where(C::PlacedAt.gte(to_micros(begin)))
        .and_where(C::PlacedAt.lt(to_micros(query.until)))
        .order_by(C::PlacedAt, Direction::Asc)
        .order_by(C::Id, Direction::Asc)
        .limit(query.limit);
    if let Some(last) = query.after {
        let later = Expr::col(C::PlacedAt).gt(to_micros(last.placed_at));
        places.and_where(later.or(C::Id.gt(last.order)));
    }
    places
}

/// The event of a row. An event whose data this version cannot read, such as one that was written before events had
/// data, counts as facts from outside, whose times are not told.
fn event(row: order_event::Model) -> Result<OrderEvent, DatabaseError> {
    let event = TrailEvent::try_from(row)?;
    Ok(OrderEvent {
        actor: Actor::from_label(&event.actor).unwrap_or(Actor::System),
        at: event.at,
        data: event.data.unwrap_or(EventData::Updated),
    })
}
