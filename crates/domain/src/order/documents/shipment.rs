//! Shipments, the documents of goods that left the shop. After a shipment, the buyer cannot cancel the order.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::{Actor, Command, DocumentRefusal, ItemPosition, Order, OrderItem};
use crate::transition::Transition;

/// A shipment of one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// The number, which is unique in the store view.
    pub number: String,
    /// The items in the parcel.
    pub lines: Vec<ShipmentLine>,
    /// The carriers' numbers for following the parcel.
    pub tracking: Vec<Tracking>,
    /// When the parcel left the shop.
    pub created_at: DateTime<Utc>,
}

/// An item in a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentLine {
    /// The position of the item in the order.
    pub item: ItemPosition,
    /// How many units are in the parcel.
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

/// The shipment that staff asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShipmentRequest {
    /// Quantities of top-level items; empty for all that is left.
    pub lines: Vec<(ItemPosition, Quantity)>,
    /// Carriers' numbers.
    pub tracking: Vec<Tracking>,
    /// Ships although a cancellation was requested and is not decided yet.
    pub overrides_request: bool,
}

impl Order {
    /// Ships what `request` names, units in fulfilment first; a canceled or refunded unit never ships. An open request
    /// for a cancellation holds all of the order back, unless the command overrides it; the request ends if nothing of
    /// it is left to cancel.
    pub fn ship(
        &self,
        request: &ShipmentRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if !self.state.allows(Command::Ship) {
            return Err(DocumentRefusal::State(self.state));
        }
        if self.open_request().is_some() && !request.overrides_request {
            return Err(DocumentRefusal::CancellationRequested);
        }
        let families = self.shipped_by_parts();
        let carries = |item: &OrderItem| families.carries_shipment(item);
        let lines = self.document_lines(&request.lines, |item| self.to_ship(item), carries)?;
        let mut after = self.clone();
        for &(position, quantity) in &lines {
            if let Some(item) = after.item_mut(position) {
                item.quantities.shipped = item.quantities.shipped.plus(quantity);
            }
        }
        after.take_from_fulfilment(&lines);
        let number = self.document_number(self.shipments.len());
        let line = |&(item, quantity): &(ItemPosition, Quantity)| ShipmentLine { item, quantity };
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
            data: EventData::Shipped {
                number,
                items: lines,
                overrides_request: self.open_request().is_some(),
            },
        };
        Ok(Transition::new(after, event))
    }
}
