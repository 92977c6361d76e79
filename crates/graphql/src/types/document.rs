//! A sales document of an order (invoice, credit memo or shipment), and which of the order's items it shows.

use std::sync::Arc;

use countermand_app::OrderView;
use countermand_domain::{ItemPosition, Order};

use super::row::Row;

/// One sales document of an order, found by its place among the documents of its kind.
#[derive(Clone)]
pub(crate) struct Document {
    view: Arc<OrderView>,
    index: usize,
}

impl Document {
    /// All `count` documents of one kind, oldest first.
    pub(crate) fn all(view: &Arc<OrderView>, count: usize) -> impl Iterator<Item = Self> {
        (0..count).map(|index| Self {
            view: view.clone(),
            index,
        })
    }

    /// This document, taken from the order's list `documents`.
    pub(crate) fn of<'a, T>(&'a self, documents: impl Fn(&'a Order) -> &'a [T]) -> &'a T {
        &documents(&self.view.order)[self.index]
    }

    /// The order that the document belongs to.
    pub(crate) fn order(&self) -> &Order {
        &self.view.order
    }

    /// Place of the document among those of its kind, 0 for the oldest.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Place of the document among those of its kind, 1 for the oldest.
    pub(crate) fn number(&self) -> i32 {
        i32::try_from(self.index).map_or(i32::MAX, |index| index.saturating_add(1))
    }

    /// The order's item at `position`; none for a part of another item, because orders do not list parts either.
    pub(crate) fn top_level_row(&self, position: ItemPosition) -> Option<Row> {
        Row::at(&self.view, position).filter(|row| row.item().parent.is_none())
    }
}
