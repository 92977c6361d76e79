//! The lines of a document or a selection: quantities of items, checked against what is left of them.

use thiserror::Error;

use crate::money::Quantity;
use crate::order::{ItemPosition, Order, OrderItem};

/// Why quantities of items are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineRefusal {
    /// The order has no items left.
    #[error("nothing is left to do")]
    NothingLeft,
    /// The order has no such item, or the item is a part of another one.
    #[error("the order has no item `{0}`")]
    UnknownItem(ItemPosition),
    /// A quantity must be more than zero.
    #[error("the quantity of item `{0}` must be more than zero")]
    NotPositive(ItemPosition),
    /// The item was ordered in whole units.
    #[error("the quantity of item `{0}` must be a whole number")]
    NotWhole(ItemPosition),
    /// The quantity is more than is left.
    #[error("item `{item}` has {left} left, {asked} asked for")]
    TooMany {
        /// Position of the item.
        item: ItemPosition,
        /// The quantity that was asked for.
        asked: Quantity,
        /// The quantity that is left.
        left: Quantity,
    },
}

impl Order {
    /// The lines of a document: the requested items with their parts, or all that is `left`.
    pub(crate) fn document_lines(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
        carries: impl Fn(&OrderItem) -> bool,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        if !asked.is_empty() {
            let lines = self.checked_lines(asked, &left)?;
            return Ok(self.with_children(&lines, left));
        }
        let lines = self.lines_left(left, carries);
        if lines.is_empty() {
            Err(LineRefusal::NothingLeft)
        } else {
            Ok(lines)
        }
    }

    /// The items of which a quantity is `left`, with that quantity. There are none when nothing is left of the items
    /// that carry the quantity.
    pub(crate) fn lines_left(
        &self,
        left: impl Fn(&OrderItem) -> Quantity,
        carries: impl Fn(&OrderItem) -> bool,
    ) -> Vec<(ItemPosition, Quantity)> {
        let has_left = |item: &OrderItem| carries(item) && left(item).is_positive();
        if !self.items.iter().any(has_left) {
            return Vec::new();
        }
        let lines = self.items.iter().map(|item| (item.position, left(item)));
        lines.filter(|line| line.1.is_positive()).collect()
    }

    /// Quantities of top-level items, each item once, none more than is `left`.
    pub(crate) fn checked_lines(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        let mut merged: Vec<(ItemPosition, Quantity)> = Vec::new();
        for &(position, quantity) in asked {
            self.check_top_level(position)?;
            if !quantity.is_positive() {
                return Err(LineRefusal::NotPositive(position));
            }
            match merged.iter_mut().find(|line| line.0 == position) {
                Some(line) => line.1 = line.1.plus(quantity),
                None => merged.push((position, quantity)),
            }
        }
        for &(position, quantity) in &merged {
            let left = self.item(position).map_or(Quantity::ZERO, &left);
            if quantity > left {
                return Err(LineRefusal::TooMany {
                    item: position,
                    asked: quantity,
                    left,
                });
            }
        }
        Ok(merged)
    }

    /// The same for a cancellation: of an item that was ordered in whole units, no part of a unit is taken, unless only
    /// that part is left.
    pub(crate) fn checked_whole_lines(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        let lines = self.checked_lines(asked, &left)?;
        let divides = |&&(position, quantity): &&(ItemPosition, Quantity)| {
            let item = self.item(position);
            item.is_some_and(|it| {
                it.quantities.ordered.is_whole() && !quantity.is_whole() && quantity != left(it)
            })
        };
        match lines.iter().find(divides) {
            Some(line) => Err(LineRefusal::NotWhole(line.0)),
            None => Ok(lines),
        }
    }

    /// Refuses a position that is not the position of a top-level item.
    pub(crate) fn check_top_level(&self, position: ItemPosition) -> Result<(), LineRefusal> {
        match self.item(position) {
            Some(item) if item.parent.is_none() => Ok(()),
            Some(_) | None => Err(LineRefusal::UnknownItem(position)),
        }
    }

    /// Quantities of top-level items, with those of their children in proportion to what is `left`.
    ///
    /// So a child never takes more than it has left, and the parent's last unit takes the rest of
    /// the child. A part that has no units left (a service in a shipped bundle) gets no line.
    pub(crate) fn with_children(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Vec<(ItemPosition, Quantity)> {
        let mut lines = Vec::new();
        for &(position, quantity) in asked.iter().filter(|line| line.1.is_positive()) {
            lines.push((position, quantity));
            let whole = self.item(position).map_or(Quantity::ZERO, &left);
            for child in self.children(position) {
                let part = left(child).part(quantity, whole);
                if part.is_positive() {
                    lines.push((child.position, part));
                }
            }
        }
        lines
    }
}
