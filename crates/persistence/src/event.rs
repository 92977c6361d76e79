//! The trail of one order, for staff.

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{order_event, reversal};
use crate::error::StoreError;
use crate::sql::script::Script;
use crate::store::Store;
use crate::time::from_micros;

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
    /// A sentence more.
    pub note: String,
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
            reversal::Entity::find()
                .filter(reversal::Column::OrderId.eq(id.number()))
                .order_by_asc(reversal::Column::Version)
                .order_by_asc(reversal::Column::TransactionPosition),
        );
        let answers = script.fetch().await?;
        let (events, reversals) = (answers.take(events)?, answers.take(reversals)?);
        Ok(Trail {
            events: events
                .into_iter()
                .map(TrailEvent::try_from)
                .collect::<Result<_, _>>()?,
            reversals: reversals
                .into_iter()
                .map(TrailReversal::try_from)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<order_event::Model> for TrailEvent {
    type Error = StoreError;

    fn try_from(row: order_event::Model) -> Result<Self, StoreError> {
        let at = from_micros(row.created_at)?;
        Ok(Self {
            version: row.version,
            kind: row.kind,
            actor: row.actor,
            origin: row.origin,
            note: row.note,
            at,
        })
    }
}

impl TryFrom<reversal::Model> for TrailReversal {
    type Error = StoreError;

    fn try_from(row: reversal::Model) -> Result<Self, StoreError> {
        let at = from_micros(row.created_at)?;
        Ok(Self {
            id: row.id,
            kind: row.kind,
            amount: row.amount,
            state: row.state,
            at,
        })
    }
}
