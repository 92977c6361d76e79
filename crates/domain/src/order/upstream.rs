//! What the shop that an order came from did with the order, beyond what is known here, after the order was changed
//! here. The change here is not undone, so a person must know.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity};
use crate::order::{Actor, Order, OrderItem};
use crate::transition::Transition;

/// What happened in the shop that it came from to an order that was changed or canceled here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpstreamChange {
    /// Units that were shipped there, beyond those that are shipped here; zero for none.
    pub shipped: Quantity,
    /// Units that were canceled there, beyond those that are canceled or refunded here; zero for none.
    pub canceled: Quantity,
    /// Money that was paid there, beyond what is known to be paid here; zero for none.
    pub paid: Money,
    /// Money that was refunded there, beyond what had been refunded there at the last import; zero for none.
    pub refunded: Money,
}

impl Order {
    /// What a later import, `there`, says that happened to this order and is not known here; none when nothing did.
    ///
    /// `refunded_here` is the part of the refunded money that was decided here. Amounts are compared and times are not:
    /// the shop may have shipped the order before it was canceled here, and the import came later.
    pub fn upstream_change(
        &self,
        there: &Self,
        refunded_here: Money,
    ) -> Result<Option<UpstreamChange>, MoneyError> {
        let zero = Money::zero(self.currency());
        let refunded_before = self.totals.refunded.checked_sub(refunded_here)?.or_zero();
        let paid = there.totals.paid.unwrap_or(zero);
        let families = there.shipped_by_parts();
        let carriers = there.items.iter().filter(|item| families.carries_shipment(item));
        let shipped = |item: &OrderItem| item.quantities.shipped;
        let change = UpstreamChange {
            shipped: self.units_beyond(carriers, shipped, shipped),
            canceled: self.units_beyond(there.counting_items(), |item| item.quantities.canceled, given_up),
            paid: paid.checked_sub(self.totals.paid.unwrap_or(zero))?.or_zero(),
            refunded: there.totals.refunded.checked_sub(refunded_before)?.or_zero(),
        };
        let has_units = change.shipped.is_positive() || change.canceled.is_positive();
        let happened = has_units || change.paid.is_positive() || change.refunded.is_positive();
        Ok(happened.then_some(change))
    }

    /// Keeps `change` in the history of the order, and changes nothing else.
    #[must_use]
    pub fn note_upstream_change(
        &self,
        change: UpstreamChange,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Transition {
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::ChangedUpstream(change),
        };
        Transition::new(self.clone(), event)
    }

    /// Shipped units of the items that are shipped on their own.
    #[must_use]
    pub fn shipped_units(&self) -> Quantity {
        let families = self.shipped_by_parts();
        let carriers = self.items.iter().filter(|item| families.carries_shipment(item));
        let units = carriers.map(|item: &OrderItem| item.quantities.shipped);
        units.fold(Quantity::ZERO, Quantity::plus)
    }

    /// Canceled units of the items whose money counts.
    #[must_use]
    pub fn canceled_units(&self) -> Quantity {
        let units = self.counting_items().map(|item| item.quantities.canceled);
        units.fold(Quantity::ZERO, Quantity::plus)
    }

    /// Canceled and refunded units of the items whose money counts.
    #[must_use]
    pub fn given_up_units(&self) -> Quantity {
        let units = self.counting_items().map(given_up);
        units.fold(Quantity::ZERO, Quantity::plus)
    }

    /// The units of the items `there`, by `units`, beyond those of the same items here, by `known`. The units of one
    /// item do not stand for those of another one.
    fn units_beyond<'a>(
        &self,
        there: impl Iterator<Item = &'a OrderItem>,
        units: impl Fn(&OrderItem) -> Quantity,
        known: impl Fn(&OrderItem) -> Quantity,
    ) -> Quantity {
        let beyond = there.map(|item| {
            let here = self.items.iter().find(|it| is_same(it, item));
            units(item).minus(here.map_or(Quantity::ZERO, &known))
        });
        beyond.fold(Quantity::ZERO, Quantity::plus)
    }
}

fn given_up(item: &OrderItem) -> Quantity {
    item.quantities.canceled.plus(item.quantities.refunded)
}

/// Whether two versions of an order mean the same item. An item without the other shop's id is known by its position.
fn is_same(one: &OrderItem, other: &OrderItem) -> bool {
    match (one.external_id, other.external_id) {
        (Some(one), Some(other)) => one == other,
        _ => one.position == other.position,
    }
}

/// Writes what happened: `shipped there (1 unit), paid there ($10.00)`.
impl fmt::Display for UpstreamChange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = |what: &str, count: Quantity| {
            let units = if count == Quantity::whole(1) {
                "unit"
            } else {
                "units"
            };
            count
                .is_positive()
                .then(|| format!("{what} there ({count} {units})"))
        };
        let shipped = units("shipped", self.shipped);
        let canceled = units("canceled", self.canceled);
        let paid = self
            .paid
            .is_positive()
            .then(|| format!("paid there ({})", self.paid));
        let refunded = self
            .refunded
            .is_positive()
            .then(|| format!("refunded there ({})", self.refunded));
        let parts: Vec<_> = [shipped, canceled, paid, refunded]
            .into_iter()
            .flatten()
            .collect();
        out.write_str(&parts.join(", "))
    }
}
