//! The trail of one order, for staff.

use chrono::{DateTime, Utc};
use countermand_domain::{EventData, EventKind, OrderId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{obligation, order_event};
use crate::error::StoreError;
use crate::event_data;
use crate::obligations::{MET, OwedReversal, REFUND, VOID};
use crate::sql::script::Script;
use crate::store::Store;
use crate::time::from_micros;

/// How staff's API names a reversal that is not confirmed, whether a worker or a person must carry it out.
const REQUESTED: &str = "requested";
/// How staff's API names a reversal that a payment provider has confirmed.
const CONFIRMED: &str = "confirmed";

/// What happened to an order and what is owed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// One event a change, oldest first.
    pub events: Vec<TrailEvent>,
    /// Money that must flow back.
    pub reversals: Vec<TrailReversal>,
}

/// A change that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEvent {
    /// The order's version after it.
    pub version: i64,
    /// What, `order.canceled`.
    pub kind: String,
    /// Who, `customer:10000000001`.
    pub actor: String,
    /// From which network address.
    pub origin: String,
    /// The change in a few words.
    pub note: String,
    /// What happened, as data; none for an event that was written before events carried data.
    pub data: Option<EventData>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Money that must flow back, and where that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailReversal {
    /// Its id.
    pub id: String,
    /// `void` or `refund`.
    pub kind: String,
    /// Minor units of the order's currency.
    pub amount: i64,
    /// `requested` until a payment provider confirms it.
    pub state: String,
    /// When it came to be.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The trail of the order with `id`.
    pub async fn trail(&self, id: OrderId) -> Result<Trail, StoreError> {
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
}

impl TryFrom<order_event::Model> for TrailEvent {
    type Error = StoreError;

    fn try_from(row: order_event::Model) -> Result<Self, StoreError> {
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

/// Reversals as they were caused, those of one change by transaction.
fn in_order(rows: Vec<obligation::Model>) -> Result<Vec<TrailReversal>, StoreError> {
    let mut reversals = Vec::with_capacity(rows.len());
    for row in rows {
        let owed: OwedReversal = serde_json::from_str(&row.payload)
            .map_err(|problem| StoreError::Corrupt(format!("{} {}: {problem}", row.kind, row.id)))?;
        let at = from_micros(row.created_at)?;
        let state = if row.state == MET { CONFIRMED } else { REQUESTED };
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
