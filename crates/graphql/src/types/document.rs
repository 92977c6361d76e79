//! Invoices, credit memos and shipments: which of an order's, and whose lines are shown.

use std::sync::Arc;

use countermand_app::OrderView;
use countermand_domain::Order;

use super::row::Row;

/// One document of an order, by its place among those of its kind.
#[derive(Clone)]
pub(crate) struct Document {
    view: Arc<OrderView>,
    index: usize,
}

impl Document {
    /// All of `count` documents, oldest first.
    pub(crate) fn all(view: &Arc<OrderView>, count: usize) -> impl Iterator<Item = Self> {
        (0..count).map(|index| Self {
            view: view.clone(),
            index,
        })
    }

    /// The document among `documents` of its order.
    pub(crate) fn of<'a, T>(&'a self, documents: impl Fn(&'a Order) -> &'a [T]) -> &'a T {
        &documents(&self.view.order)[self.index]
    }

    /// The order.
    pub(crate) fn order(&self) -> &Order {
        &self.view.order
    }

    /// 1 for the first.
    pub(crate) fn number(&self) -> i32 {
        i32::try_from(self.index).map_or(i32::MAX, |index| index.saturating_add(1))
    }

    /// The order's row at `position`, if it does not belong to another one: as with the order's own items.
    pub(crate) fn top_level_row(&self, position: i32) -> Option<Row> {
        Row::at(&self.view, position).filter(|row| row.item().parent.is_none())
    }
}
