//! Bundles and configurable items with their parts. In such a family, some items only describe the others, and their
//! quantities say nothing about what is left to do.

use std::collections::HashSet;

use crate::money::Quantity;
use crate::order::{ItemPosition, Order, OrderItem};

/// The most ten-thousandths by which rounding changes the quantity of a part.
const ROUNDING: Quantity = Quantity::from_scaled(10);

/// The families of an order whose parts are shipped one by one.
#[derive(Debug)]
pub(crate) struct ShippedByParts(HashSet<ItemPosition>);

impl ShippedByParts {
    /// Whether the shipped quantity of `item` counts: that of a whole, or that of a part which is shipped on its own.
    pub(crate) fn carries_shipment(&self, item: &OrderItem) -> bool {
        match item.parent {
            None => !self.0.contains(&item.position),
            Some(whole) => self.0.contains(&whole),
        }
    }
}

/// Which units of a bundle a document takes first, where parts of some units are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokenUnits {
    /// Units without all of their parts go first: what is canceled or refunded leaves complete units behind.
    First,
    /// Complete units go first: they are invoiced, packed and shipped.
    Last,
}

/// The quantities of a whole and of one of its parts of which a document takes some.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftOfFamily {
    /// Units of the whole that were ordered.
    pub(crate) wholes_ordered: Quantity,
    /// Units of the whole that are left.
    pub(crate) wholes: Quantity,
    /// Units of the part that were ordered.
    pub(crate) parts_ordered: Quantity,
    /// Units of the part that are left.
    pub(crate) parts: Quantity,
}

impl LeftOfFamily {
    /// The units of the part that go with `taken` units of the whole: a share of what is left, so that the last unit of
    /// the whole takes the rest. Where units of the part are gone that the whole still counts, `broken` decides.
    pub(crate) fn parts_with(self, taken: Quantity, broken: BrokenUnits) -> Quantity {
        let complete = |wholes| self.parts_ordered.part(wholes, self.wholes_ordered);
        if taken >= self.wholes || self.parts.plus(ROUNDING) >= complete(self.wholes) {
            return self.parts.part(taken, self.wholes);
        }
        match broken {
            BrokenUnits::First => self.parts.minus(complete(self.wholes.minus(taken))),
            BrokenUnits::Last => self.parts.min(complete(taken)),
        }
    }
}

impl Order {
    /// Whether the parts of `whole` can be canceled one by one, where the rules of the store view allow it: the price
    /// of the bundle is that of its parts, and the shop that the order came from did not say that they ship together.
    #[must_use]
    pub fn has_separate_parts(&self, whole: &OrderItem) -> bool {
        whole.is_priced_by_parts()
            && whole.ships_separately != Some(false)
            && self.children(whole.position).next().is_some()
    }

    /// The fewest units of `whole` that hold what is `left` of each of its parts.
    pub(crate) fn wholes_holding(
        &self,
        whole: &OrderItem,
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Quantity {
        let parts = self.children(whole.position);
        let wholes = parts.map(|part| left(part).wholes(part.quantities.ordered, whole.quantities.ordered));
        wholes.max().unwrap_or_default()
    }

    /// Units of the bundle `whole` that are neither gone nor have a part that is shipped.
    pub(crate) fn without_shipped_parts(&self, whole: &OrderItem) -> Quantity {
        let shipped = if self.shipped_by_parts().carries_shipment(whole) {
            whole.quantities.shipped
        } else {
            self.wholes_holding(whole, |part| part.quantities.shipped)
        };
        whole.quantities.kept_by_buyer().minus(shipped)
    }

    /// Units of `item` that can be shipped; none of a bundle of which only services are left.
    #[must_use]
    pub fn to_ship(&self, item: &OrderItem) -> Quantity {
        let has_any = |left: fn(&OrderItem) -> Quantity| {
            let mut parts = self.children(item.position);
            parts.any(|part| left(part).is_positive())
        };
        if item.is_priced_by_parts() && !has_any(OrderItem::to_ship) {
            return Quantity::ZERO;
        }
        item.to_ship()
    }

    /// The items that `lines` are about, as people read them: a bundle or configurable item stands for its parts,
    /// unless parts of a bundle were taken by themselves.
    pub(crate) fn named_units(&self, lines: &[(ItemPosition, Quantity)]) -> Vec<(&OrderItem, Quantity)> {
        let of = |item: &OrderItem| {
            let line = lines.iter().find(|line| line.0 == item.position);
            line.map(|line| line.1).filter(|quantity| quantity.is_positive())
        };
        let is_shown = |whole: &OrderItem| {
            let taken = of(whole).unwrap_or_default();
            let mut parts = self.children(whole.position).filter(|part| part.counts);
            let is_share = |part: &OrderItem| {
                let share = part.quantities.ordered.part(taken, whole.quantities.ordered);
                let units = of(part).unwrap_or_default();
                share.minus(units) <= ROUNDING && units.minus(share) <= ROUNDING
            };
            let has_parts = self.children(whole.position).any(|part| of(part).is_some());
            whole.counts || !has_parts || parts.all(is_share)
        };
        let named = self
            .items
            .iter()
            .filter(|item| match item.parent.and_then(|whole| self.item(whole)) {
                Some(whole) => item.counts && !is_shown(whole),
                None => is_shown(item),
            });
        named.filter_map(|item| Some((item, of(item)?))).collect()
    }

    /// Whether `lines` name all that is `left` of every top-level item: of the item itself, or of each of its parts.
    pub(crate) fn names_all(
        &self,
        lines: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> bool {
        let is_named = |item: &OrderItem| {
            let left = left(item);
            !left.is_positive() || lines.contains(&(item.position, left))
        };
        let mut top_level = self.items.iter().filter(|item| item.parent.is_none());
        top_level.all(|item| {
            let by_parts = || self.has_separate_parts(item) && self.children(item.position).all(&is_named);
            is_named(item) || by_parts()
        })
    }

    /// Finds the families of which a part has been shipped, but no whole unit.
    ///
    /// Once a whole unit has been shipped, or before anything is shipped, the
    /// whole says how much of the family is shipped, and the parts go with it.
    pub(crate) fn shipped_by_parts(&self) -> ShippedByParts {
        let shipped = || {
            let items = self.items.iter();
            items.filter(|item| item.quantities.shipped.is_positive())
        };
        let mut families: HashSet<_> = shipped().filter_map(|item| item.parent).collect();
        for whole in shipped().filter(|item| item.parent.is_none()) {
            families.remove(&whole.position);
        }
        ShippedByParts(families)
    }
}
