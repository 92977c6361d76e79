//! The picking step: units are in fulfilment from the moment the warehouse begins to pack them until they are shipped.
//! Such units cannot be canceled.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::documents::LineRefusal;
use crate::order::{Actor, Command, ItemPosition, Order, OrderItem, OrderState};
use crate::transition::Transition;

/// Why fulfilment was not started or released.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FulfilmentRefusal {
    /// An order in this state is not shipped.
    #[error("an order in state `{0}` cannot be fulfilled")]
    State(OrderState),
    /// A cancellation was requested and is not decided yet.
    #[error("a cancellation of the order was requested, and is not decided yet")]
    CancellationRequested,
    /// The order does not have the items or quantities that were asked for.
    #[error(transparent)]
    Lines(#[from] LineRefusal),
}

impl Order {
    /// Marks units as in fulfilment: the quantities of top-level items in `asked` with their parts, or all units that
    /// can be shipped. An open request for a cancellation holds the order back.
    pub fn start_fulfilment(
        &self,
        asked: &[(ItemPosition, Quantity)],
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, FulfilmentRefusal> {
        if !self.state.allows(Command::Ship) {
            return Err(FulfilmentRefusal::State(self.state));
        }
        if self.open_request().is_some() {
            return Err(FulfilmentRefusal::CancellationRequested);
        }
        let families = self.shipped_by_parts();
        let carries = |item: &OrderItem| families.carries_shipment(item);
        let lines = self.document_lines(asked, OrderItem::to_fulfil, carries)?;
        let mut after = self.clone();
        for &(position, quantity) in &lines {
            if let Some(item) = after.item_mut(position) {
                item.quantities.in_fulfilment = item.quantities.in_fulfilment.plus(quantity);
            }
        }
        Ok(Transition::new(
            after,
            event(EventData::FulfilmentStarted { items: lines }, actor, now),
        ))
    }

    /// Takes units out of fulfilment, in any state of the order: the quantities of top-level items in `asked` with
    /// their parts, or all units that are in fulfilment.
    pub fn release_fulfilment(
        &self,
        asked: &[(ItemPosition, Quantity)],
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, FulfilmentRefusal> {
        let in_fulfilment = |item: &OrderItem| item.quantities.in_fulfilment;
        let lines = self.document_lines(asked, in_fulfilment, |_| true)?;
        let mut after = self.clone();
        for &(position, quantity) in &lines {
            if let Some(item) = after.item_mut(position) {
                item.quantities.in_fulfilment = item.quantities.in_fulfilment.minus(quantity);
            }
        }
        Ok(Transition::new(
            after,
            event(EventData::FulfilmentReleased { items: lines }, actor, now),
        ))
    }

    /// Whether a unit of the order is in fulfilment.
    #[must_use]
    pub fn is_in_fulfilment(&self) -> bool {
        let units = |item: &OrderItem| item.quantities.in_fulfilment;
        self.items.iter().map(units).any(Quantity::is_positive)
    }

    /// Units of `item` that a cancellation can take although others are in fulfilment.
    #[must_use]
    pub fn outside_fulfilment(&self, item: &OrderItem) -> Quantity {
        self.to_give_up(item).minus(item.quantities.in_fulfilment)
    }

    /// Ends the fulfilment of units that were shipped, or that will never be. A shipment takes the units in fulfilment
    /// first, so only the units that are left to ship can be in fulfilment.
    pub(crate) fn settle_fulfilment(&mut self) {
        for item in &mut self.items {
            let left = item.to_ship();
            item.quantities.in_fulfilment = item.quantities.in_fulfilment.min(left);
        }
    }

    /// Ends the fulfilment of the shipped units.
    pub(crate) fn take_from_fulfilment(&mut self, shipped: &[(ItemPosition, Quantity)]) {
        for &(position, quantity) in shipped {
            if let Some(item) = self.item_mut(position) {
                item.quantities.in_fulfilment = item.quantities.in_fulfilment.minus(quantity);
            }
        }
    }
}

impl OrderItem {
    /// Units that can be shipped and are not in fulfilment yet.
    fn to_fulfil(&self) -> Quantity {
        self.to_ship().minus(self.quantities.in_fulfilment)
    }
}

fn event(data: EventData, actor: &Actor, at: DateTime<Utc>) -> OrderEvent {
    let actor = actor.clone();
    OrderEvent { actor, at, data }
}
