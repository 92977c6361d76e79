//! The picking step: units are in fulfilment from the moment the warehouse begins to pack them until they are shipped.
//! Such units cannot be canceled.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::cancellation::Selection;
use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::documents::LineRefusal;
use crate::order::{Actor, BrokenUnits, Command, ItemPosition, Order, OrderItem, OrderState};
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
        let lines = self.document_lines(asked, |item| self.to_fulfil(item), carries)?;
        self.check_whole(asked, |item| self.to_fulfil(item))?;
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
        self.check_whole(asked, in_fulfilment)?;
        let after = self.without_fulfilment(&lines);
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

    /// Units of `item` that a cancellation can take although others are in fulfilment: whole ones, if the item was
    /// ordered in whole units. A bundle in fulfilment may leave a part of a unit of its items.
    #[must_use]
    pub fn outside_fulfilment(&self, item: &OrderItem) -> Quantity {
        let outside = self.to_give_up(item).minus(item.quantities.in_fulfilment);
        let is_divided = item.quantities.in_fulfilment.is_positive() && item.quantities.ordered.is_whole();
        if is_divided {
            outside.whole_units()
        } else {
            outside
        }
    }

    /// The units in fulfilment that a cancellation of `selection` needs, with those of their parts: it takes other
    /// units first.
    pub(crate) fn units_to_release(&self, selection: &Selection) -> Vec<(ItemPosition, Quantity)> {
        let in_fulfilment = |item: &OrderItem| item.quantities.in_fulfilment;
        match selection {
            Selection::All => self.lines_left(in_fulfilment, |_| true),
            Selection::Items(lines) => {
                let needed = lines.iter().filter_map(|&(position, quantity)| {
                    let item = self.item(position)?;
                    let needed = quantity.minus(self.outside_fulfilment(item));
                    Some((position, needed.min(in_fulfilment(item))))
                });
                self.with_children(&needed.collect::<Vec<_>>(), in_fulfilment, BrokenUnits::First)
            }
        }
    }

    /// The same order, with `released` taken out of fulfilment.
    pub(crate) fn without_fulfilment(&self, released: &[(ItemPosition, Quantity)]) -> Self {
        let mut after = self.clone();
        after.take_from_fulfilment(released);
        after
    }

    /// Ends the fulfilment of units that were shipped, or that will never be. A shipment takes the units in fulfilment
    /// first, so only the units that are left to ship can be in fulfilment.
    pub(crate) fn settle_fulfilment(&mut self) {
        let left: Vec<_> = self
            .items
            .iter()
            .map(|item| self.left_in_fulfilment(item))
            .collect();
        for (item, left) in self.items.iter_mut().zip(left) {
            item.quantities.in_fulfilment = left;
        }
    }

    /// Units of `item` that are in fulfilment and can still be shipped. A bundle is in fulfilment while one of its
    /// parts is, where its price is that of its parts.
    fn left_in_fulfilment(&self, item: &OrderItem) -> Quantity {
        let mut parts = self.children(item.position);
        if item.is_priced_by_parts() && !parts.any(|part| part.quantities.in_fulfilment.is_positive()) {
            return Quantity::ZERO;
        }
        item.quantities.in_fulfilment.min(self.to_ship(item))
    }

    /// Units of `item` that can be shipped and are not in fulfilment yet.
    fn to_fulfil(&self, item: &OrderItem) -> Quantity {
        self.to_ship(item).minus(item.quantities.in_fulfilment)
    }

    /// Ends the fulfilment of `units`.
    pub(crate) fn take_from_fulfilment(&mut self, units: &[(ItemPosition, Quantity)]) {
        for &(position, quantity) in units {
            if let Some(item) = self.item_mut(position) {
                item.quantities.in_fulfilment = item.quantities.in_fulfilment.minus(quantity);
            }
        }
    }
}

fn event(data: EventData, actor: &Actor, at: DateTime<Utc>) -> OrderEvent {
    let actor = actor.clone();
    OrderEvent { actor, at, data }
}
