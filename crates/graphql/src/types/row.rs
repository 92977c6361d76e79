//! One row of an order view: what every item of the schema reads from.

use std::sync::Arc;

use countermand_app::OrderView;
use countermand_domain::{Currency, Order, OrderItem};

/// A row of an order. Cheap to clone: the order is shared.
#[derive(Clone)]
pub(crate) struct Row {
    view: Arc<OrderView>,
    index: usize,
}

impl Row {
    /// The rows that do not belong to another one.
    pub(crate) fn top_level(view: &Arc<OrderView>) -> impl Iterator<Item = Self> {
        let rows = view.order.items.iter().enumerate();
        rows.filter(|(_, item)| item.parent.is_none())
            .map(|(index, _)| Self {
                view: view.clone(),
                index,
            })
    }

    /// The row at `position`.
    pub(crate) fn at(view: &Arc<OrderView>, position: i32) -> Option<Self> {
        let index = view
            .order
            .items
            .iter()
            .position(|item| item.position == position)?;
        Some(Self {
            view: view.clone(),
            index,
        })
    }

    /// The row itself.
    pub(crate) fn item(&self) -> &OrderItem {
        &self.view.order.items[self.index]
    }

    /// The row it belongs to.
    pub(crate) fn parent(&self) -> Option<&OrderItem> {
        self.item()
            .parent
            .and_then(|position| self.order().item(position))
    }

    /// The order.
    pub(crate) fn order(&self) -> &Order {
        &self.view.order
    }

    /// The order's currency.
    pub(crate) fn currency(&self) -> Currency {
        self.item().currency()
    }
}
