//! Shipments: what left the house. After one, the buyer cannot cancel.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::{Actor, Command, DocumentRefusal, Order, OrderItem};
use crate::transition::Transition;

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Unique in the store.
    pub number: String,
    /// What is in it.
    pub lines: Vec<ShipmentLine>,
    /// How to follow it.
    pub tracking: Vec<Tracking>,
    /// When it left.
    pub created_at: DateTime<Utc>,
}

/// A row in a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentLine {
    /// Position of the order's row.
    pub item: i32,
    /// How much of it.
    pub quantity: Quantity,
}

/// A carrier's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// Carrier code, `ups`.
    pub carrier: String,
    /// `United Parcel Service`.
    pub title: String,
    /// The number.
    pub number: String,
}

/// What staff asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShipmentRequest {
    /// Quantities of top-level rows; empty for all that is left.
    pub lines: Vec<(i32, Quantity)>,
    /// Carriers' numbers.
    pub tracking: Vec<Tracking>,
}

impl Order {
    /// Ships what `request` names; a canceled or refunded unit never ships.
    pub fn ship(
        &self,
        request: &ShipmentRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if !self.state.allows(Command::Ship) {
            return Err(DocumentRefusal::State(self.state));
        }
        let lines = self.document_lines(&request.lines, OrderItem::to_ship)?;
        let mut after = self.clone();
        for &(position, quantity) in &lines {
            if let Some(item) = after.item_mut(position) {
                item.quantities.shipped = item.quantities.shipped.plus(quantity);
            }
        }
        let number = self.document_number(self.shipments.len());
        let line = |&(item, quantity): &(i32, Quantity)| ShipmentLine { item, quantity };
        after.shipments.push(Shipment {
            number: number.clone(),
            lines: lines.iter().map(line).collect(),
            tracking: request.tracking.clone(),
            created_at: now,
        });
        after.settle_state(now)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Shipped { number, items: lines },
        };
        Ok(Transition::new(after, event))
    }
}
