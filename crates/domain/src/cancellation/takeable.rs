//! The units that a cancellation can take of an order of which a part may be shipped.

use crate::cancellation::BundleParts;
use crate::money::Quantity;
use crate::order::{ItemPosition, Order, OrderItem};

/// How a cancellation names an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// With the bundle or configurable item that it is a part of, if it is one.
    WithWhole,
    /// By itself.
    Alone,
}

impl Order {
    /// Units of `item` that a cancellation cancels: they are neither invoiced, shipped nor canceled.
    pub(crate) fn takes_uninvoiced(&self, item: &OrderItem, named: Named) -> Quantity {
        let units = item.quantities.to_cancel();
        self.unshipped(item, named).map_or(units, |most| units.min(most))
    }

    /// Units of `item` that a cancellation refunds: they are invoiced, and neither shipped nor refunded. A shipped unit
    /// comes back by a return, and never by a cancellation.
    pub(crate) fn takes_invoiced(&self, item: &OrderItem, named: Named) -> Quantity {
        let units = item.quantities.to_refund();
        let left = self
            .unshipped(item, named)
            .map(|most| most.minus(self.takes_uninvoiced(item, named)));
        left.map_or(units, |most| units.min(most))
    }

    /// Units of `item` that a cancellation which names it takes: units that are canceled, and units that go on a credit
    /// memo. A free order refunds no item, so its invoiced units stay as they are.
    #[must_use]
    pub fn to_give_up(&self, item: &OrderItem) -> Quantity {
        let units = self.takes_uninvoiced(item, Named::Alone);
        if self.is_free() {
            units
        } else {
            units.plus(self.takes_invoiced(item, Named::Alone))
        }
    }

    /// All that a cancellation can take: each item of which something is left, with that quantity. A bundle that is
    /// canceled by part stands as its parts, because parts may be left beside the complete units.
    pub(crate) fn all_to_give_up(&self, parts: BundleParts) -> Vec<(ItemPosition, Quantity)> {
        let is_by_part = |whole: &OrderItem| parts == BundleParts::Parts && self.has_separate_parts(whole);
        let named = self
            .items
            .iter()
            .filter(|item| match item.parent.and_then(|whole| self.item(whole)) {
                Some(whole) => is_by_part(whole),
                None => !is_by_part(item),
            });
        let lines = named.map(|item| (item.position, self.to_give_up(item)));
        lines.filter(|line| line.1.is_positive()).collect()
    }

    /// The most units of `item` that can still be held back from the buyer; none where neither shipments, digital
    /// deliveries nor a subscription set a limit.
    fn unshipped(&self, item: &OrderItem, named: Named) -> Option<Quantity> {
        let limits = [
            self.beside_subscription(item),
            self.beside_delivered(item),
            self.beside_shipped(item, named),
        ];
        limits.into_iter().flatten().reduce(Quantity::min)
    }

    fn beside_shipped(&self, item: &OrderItem, named: Named) -> Option<Quantity> {
        if !self.has_shipment() {
            return None;
        }
        let Some(whole) = item.parent.and_then(|position| self.item(position)) else {
            return self.unshipped_wholes(item);
        };
        let with_wholes = |wholes| item.quantities.ordered.part(wholes, whole.quantities.ordered);
        let open = if item.is_virtual {
            // A service goes to the buyer with the bundle that it is a part of.
            item.quantities
                .open()
                .minus(with_wholes(whole.quantities.shipped))
        } else {
            item.quantities.open()
        };
        match named {
            // Units of the part may be gone beside those that went with the wholes.
            Named::WithWhole => self
                .unshipped_wholes(whole)
                .map(|wholes| with_wholes(wholes).min(open)),
            Named::Alone => Some(open),
        }
    }

    /// The units of a top-level item that are neither shipped, canceled nor refunded. Of a family that is shipped part
    /// by part, a whole unit counts only while every part of it is still there.
    fn unshipped_wholes(&self, item: &OrderItem) -> Option<Quantity> {
        let has_parts = self.children(item.position).next().is_some();
        if item.is_virtual && !has_parts {
            return None;
        }
        let open = item.quantities.open();
        let parts = self.children(item.position).filter(|part| !part.is_virtual);
        let is_by_parts = |part: &OrderItem| self.shipped_by_parts().carries_shipment(part);
        let wholes = parts.filter(|part| is_by_parts(part)).map(|part| {
            let wholes = item
                .quantities
                .ordered
                .part(part.quantities.open(), part.quantities.ordered);
            Quantity::whole(wholes.scaled() / Quantity::whole(1).scaled())
        });
        Some(wholes.fold(open, Quantity::min))
    }
}
