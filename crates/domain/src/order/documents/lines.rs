//! The lines of a document or a selection: quantities of items, checked against what is left of them.

use thiserror::Error;

use crate::cancellation::BundleParts;
use crate::money::Quantity;
use crate::order::family::LeftOfFamily;
use crate::order::{BrokenUnits, ItemPosition, Order, OrderItem, ProductType};

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
    /// The item is a part of a bundle that is canceled as a unit.
    #[error("item `{item}` is a part of the bundle with the id `{bundle}`, which is canceled as a unit")]
    UnitOnly {
        /// The number that the id of the part encodes.
        item: u64,
        /// The number that the id of the bundle encodes.
        bundle: u64,
    },
    /// A bundle and a part of it are named together.
    #[error("item `{item}` is a part of the bundle with the id `{bundle}`: name the bundle or its parts")]
    NamedTwice {
        /// The number that the id of the part encodes.
        item: u64,
        /// The number that the id of the bundle encodes.
        bundle: u64,
    },
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
            return Ok(self.with_children(&lines, left, BrokenUnits::Last));
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
        for line in asked {
            self.check_top_level(line.0)?;
        }
        self.merged_lines(asked, left)
    }

    /// Quantities of items, each item once, none more than is `left`.
    fn merged_lines(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        let mut merged: Vec<(ItemPosition, Quantity)> = Vec::new();
        for &(position, quantity) in asked {
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

    /// The same for a cancellation, which may name parts of bundles where `parts` says so. Of an item that was ordered
    /// in whole units, no part of a unit is taken, unless only that part is left.
    pub(crate) fn checked_whole_lines(
        &self,
        asked: &[(ItemPosition, Quantity)],
        parts: BundleParts,
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        for line in asked {
            self.check_selectable(line.0, asked, parts)?;
        }
        let lines = self.merged_lines(asked, &left)?;
        self.check_whole(&lines, left)?;
        Ok(lines)
    }

    /// Refuses a line that divides a unit of an item that was ordered in whole units, unless it is all that is `left`.
    pub(crate) fn check_whole(
        &self,
        lines: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<(), LineRefusal> {
        let divides = |&&(position, quantity): &&(ItemPosition, Quantity)| {
            let item = self.item(position);
            item.is_some_and(|it| {
                it.quantities.ordered.is_whole() && !quantity.is_whole() && quantity != left(it)
            })
        };
        match lines.iter().find(divides) {
            Some(line) => Err(LineRefusal::NotWhole(line.0)),
            None => Ok(()),
        }
    }

    /// Refuses a position that is not the position of a top-level item.
    pub(crate) fn check_top_level(&self, position: ItemPosition) -> Result<(), LineRefusal> {
        match self.item(position) {
            Some(item) if item.parent.is_none() => Ok(()),
            Some(_) | None => Err(LineRefusal::UnknownItem(position)),
        }
    }

    /// Refuses a position of no item that a cancellation can name: of a top-level item, or of a part of a bundle that
    /// is not named as well, where the bundle is canceled by part.
    fn check_selectable(
        &self,
        position: ItemPosition,
        asked: &[(ItemPosition, Quantity)],
        parts: BundleParts,
    ) -> Result<(), LineRefusal> {
        let whole = self.item(position).and_then(|item| item.parent);
        let bundle = whole.and_then(|whole| self.item(whole));
        let Some(bundle) = bundle.filter(|it| it.product_type == ProductType::Bundle) else {
            return self.check_top_level(position);
        };
        let item = self.id.item_number(position);
        let number = self.id.item_number(bundle.position);
        if parts == BundleParts::Unit || !self.has_separate_parts(bundle) {
            return Err(LineRefusal::UnitOnly { item, bundle: number });
        }
        if asked.iter().any(|line| line.0 == bundle.position) {
            return Err(LineRefusal::NamedTwice { item, bundle: number });
        }
        Ok(())
    }

    /// Quantities of top-level items, with those of their children in proportion to what is `left`; a part that is
    /// named by itself stays as it is.
    ///
    /// So a child never takes more than it has left, and the parent's last unit takes the rest of
    /// the child. A part that has no units left (a service in a shipped bundle) gets no line.
    pub(crate) fn with_children(
        &self,
        asked: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
        broken: BrokenUnits,
    ) -> Vec<(ItemPosition, Quantity)> {
        let mut lines = Vec::new();
        for &(position, quantity) in asked.iter().filter(|line| line.1.is_positive()) {
            lines.push((position, quantity));
            let Some(whole) = self.item(position) else {
                continue;
            };
            for child in self.children(position) {
                let left = LeftOfFamily {
                    wholes_ordered: whole.quantities.ordered,
                    wholes: left(whole),
                    parts_ordered: child.quantities.ordered,
                    parts: left(child),
                };
                let part = left.parts_with(quantity, broken);
                if part.is_positive() {
                    lines.push((child.position, part));
                }
            }
        }
        lines
    }
}
