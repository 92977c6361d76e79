//! Which items carry the quantities of an order. A family is a bundle or configurable item with its parts. In a family,
//! some items only describe the others, and their quantities say nothing about what is left to do.

use std::collections::HashSet;

use crate::order::{ItemPosition, Order, OrderItem};

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

impl Order {
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
