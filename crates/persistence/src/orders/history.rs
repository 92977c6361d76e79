//! The history of one order, for staff.

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, EventData, EventKind, FailedReversal, OrderId, Settlement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{ABANDONED, MET, OwedReversal, REFUND, VOID};
use crate::rows::entity::{obligation, order_event};
use crate::rows::event_data;
use crate::rows::time::from_micros;
use crate::sql::script::Script;

/// The state of a reversal that is not confirmed, in the staff API. A worker or a person may carry it out.
const REQUESTED: &str = "requested";
/// The state of a reversal that was carried out, in the staff API: staff or a payment provider confirmed it.
const CONFIRMED: &str = "confirmed";

/// The history of an order, and the money that is owed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// One event for each change, oldest first.
    pub events: Vec<TrailEvent>,
    /// The amounts of money that must flow back.
    pub reversals: Vec<TrailReversal>,
}

/// An event in the history of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEvent {
    /// The order's version after the change.
    pub version: i64,
    /// The kind of the event, such as `order.canceled`.
    pub kind: String,
    /// The actor who made the change, such as `customer:10000000001`.
    pub actor: String,
    /// The network address from which the change was requested.
    pub origin: String,
    /// The change in a few words.
    pub note: String,
    /// The data of the event; none if the event was written before events had data.
    pub data: Option<EventData>,
    /// The time of the change.
    pub at: DateTime<Utc>,
}

/// An amount of money that must flow back, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailReversal {
    /// The id of the reversal.
    pub id: String,
    /// The kind of the reversal: `void` or `refund`.
    pub kind: String,
    /// The amount in minor units of the order's currency.
    pub amount: i64,
    /// The state: `requested` until staff or a payment provider confirms the reversal, then `confirmed`; `abandoned`
    /// when staff ended it.
    pub state: String,
    /// The time of the change that caused the reversal.
    pub at: DateTime<Utc>,
}

impl Database {
    /// The history of the order with `id`.
    pub async fn trail(&self, id: OrderId) -> Result<Trail, DatabaseError> {
        let mut script = Script::read(self);
        let events = script.select(
            order_event::Entity::find()
                .filter(order_event::Column::OrderId.eq(id.number()))
                .order_by_asc(order_event::Column::Version),
        );
        let reversals = script.select(
            obligation::Entity::find()
                .filter(obligation::Column::OrderId.eq(id.number()))
                .filter(obligation::Column::Kind.is_in([VOID, REFUND])),
        );
        let answers = script.fetch().await?;
        let (events, reversals) = (answers.take(events)?, answers.take(reversals)?);
        Ok(Trail {
            events: events
                .into_iter()
                .map(TrailEvent::try_from)
                .collect::<Result<_, _>>()?,
            reversals: in_order(reversals)?,
        })
    }

    /// What the program itself settled of the order with `id`, oldest first. An event whose data cannot be read has none,
    /// and the log says why; the other events of the order are not read.
    pub async fn settlements_by_system(&self, id: OrderId) -> Result<Vec<TrailEvent>, DatabaseError> {
        self.events_by_system(id, EventKind::Settled).await
    }

    /// The refunds of the order with `id` that failed at their payment providers, oldest first. An event whose data cannot
    /// be read has none, and the log says why.
    pub async fn failed_refunds(&self, id: OrderId) -> Result<Vec<TrailEvent>, DatabaseError> {
        self.events_by_system(id, EventKind::RefundFailed).await
    }

    /// What the program itself did to the order with `id`, by events of this kind, oldest first.
    async fn events_by_system(&self, id: OrderId, kind: EventKind) -> Result<Vec<TrailEvent>, DatabaseError> {
        let mut script = Script::read(self);
        let events = script.select(
            order_event::Entity::find()
                .filter(order_event::Column::OrderId.eq(id.number()))
                .filter(order_event::Column::Kind.eq(kind.code()))
                .filter(order_event::Column::Actor.eq(Actor::System.label()))
                .order_by_asc(order_event::Column::Version),
        );
        let events = script.fetch().await?.take(events)?;
        Ok(events.into_iter().filter_map(with_readable_data).collect())
    }
}

impl TrailEvent {
    /// What the change settled; none where it is another change.
    #[must_use]
    pub fn settlement(&self) -> Option<&Settlement> {
        let Some(EventData::Settled(settlement)) = &self.data else {
            return None;
        };
        Some(settlement)
    }

    /// The void or the refund that the change says failed; none where it is another change.
    #[must_use]
    pub fn failed_reversal(&self) -> Option<&FailedReversal> {
        let Some(EventData::ReversalFailed(failed)) = &self.data else {
            return None;
        };
        Some(failed)
    }
}

impl TryFrom<order_event::Model> for TrailEvent {
    type Error = DatabaseError;

    fn try_from(row: order_event::Model) -> Result<Self, DatabaseError> {
        let kind = EventKind::from_code(&row.kind);
        let data = match (kind, &row.data) {
            (Some(kind), Some(json)) => Some(event_data::read(kind, json)?),
            (None, _) | (_, None) => None,
        };
        Ok(Self {
            version: row.version,
            actor: row.actor,
            origin: row.origin,
            note: data.as_ref().map_or(row.note, EventData::note),
            data,
            kind: row.kind,
            at: from_micros(row.created_at)?,
        })
    }
}

/// The event in `row`, without data where these cannot be read; none where its time cannot be read either.
fn with_readable_data(row: order_event::Model) -> Option<TrailEvent> {
    let without_data = order_event::Model {
        data: None,
        ..row.clone()
    };
    let event = TrailEvent::try_from(row).or_else(|problem| {
        let (order, version) = (without_data.order_id, without_data.version);
        tracing::error!(%problem, order, version, "an event in the history of an order cannot be read");
        TrailEvent::try_from(without_data)
    });
    event.ok()
}

/// Sorts reversals by the change that caused them, and the reversals of one change by transaction.
fn in_order(rows: Vec<obligation::Model>) -> Result<Vec<TrailReversal>, DatabaseError> {
    let mut reversals = Vec::with_capacity(rows.len());
    for row in rows {
        let owed: OwedReversal = serde_json::from_str(&row.payload)
            .map_err(|problem| DatabaseError::Corrupt(format!("{} {}: {problem}", row.kind, row.id)))?;
        let at = from_micros(row.created_at)?;
        let state = match row.state.as_str() {
            MET => CONFIRMED,
            ABANDONED => ABANDONED,
            _ => REQUESTED,
        };
        let reversal = TrailReversal {
            id: row.id,
            kind: row.kind,
            amount: owed.amount,
            state: state.into(),
            at,
        };
        reversals.push(((row.order_version, owed.transaction), reversal));
    }
    reversals.sort_by_key(|(place, _)| *place);
    Ok(reversals.into_iter().map(|(_, reversal)| reversal).collect())
}
