//! Shipments: what left the house. After one, the buyer cannot cancel.

use chrono::{DateTime, Utc};

use crate::money::Quantity;
use crate::order::{DocumentRefusal, Order, OrderItem, OrderState};

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
    /// The order with a new shipment; a canceled or refunded unit never ships.
    pub fn ship(&self, request: &ShipmentRequest, now: DateTime<Utc>) -> Result<Self, DocumentRefusal> {
        if !self.state.is_open()
            || self.state == OrderState::PendingPayment
            || self.state == OrderState::Complete
        {
            return Err(DocumentRefusal::State(self.state));
        }
        let shippable = |item: &OrderItem| {
            if item.is_virtual {
                Quantity::ZERO
            } else {
                item.quantities.to_ship()
            }
        };
        let lines = self.asked_lines(&request.lines, shippable)?;
        let mut order = self.clone();
        for &(position, quantity) in &lines {
            if let Some(item) = order.items.iter_mut().find(|item| item.position == position) {
                item.quantities.shipped = item.quantities.shipped.plus(quantity);
            }
        }
        order.shipments.push(Shipment {
            number: self.document_number(self.shipments.len()),
            lines: lines
                .into_iter()
                .map(|(item, quantity)| ShipmentLine { item, quantity })
                .collect(),
            tracking: request.tracking.clone(),
            created_at: now,
        });
        order.settle_state(now);
        order.touched(now);
        Ok(order)
    }
}
