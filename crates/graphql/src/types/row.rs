//! One item of an order together with its order: every item type of the schema reads from here.

use std::sync::Arc;

use countermand_app::OrderView;
use countermand_domain::{Currency, ItemPosition, Order, OrderItem};

/// An item of an order. Clones are cheap, because they share the order.
#[derive(Clone)]
pub(crate) struct Row {
    view: Arc<OrderView>,
    index: usize,
}

impl Row {
    /// The items that are not part of another item.
    pub(crate) fn top_level(view: &Arc<OrderView>) -> impl Iterator<Item = Self> {
        let rows = view.order.items.iter().enumerate();
        rows.filter(|(_, item)| item.parent.is_none())
            .map(|(index, _)| Self {
                view: view.clone(),
                index,
            })
    }

    /// The item at `position`; none when the order has no such item.
    pub(crate) fn at(view: &Arc<OrderView>, position: ItemPosition) -> Option<Self> {
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

    /// The item itself.
    pub(crate) fn item(&self) -> &OrderItem {
        &self.view.order.items[self.index]
    }

    /// The item that this item is part of; none when this item is not part of another one.
    pub(crate) fn parent(&self) -> Option<&OrderItem> {
        self.item()
            .parent
            .and_then(|position| self.order().item(position))
    }

    /// The items that are parts of this item, such as the products of a bundle.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &OrderItem> {
        let whole = self.item().position;
        let items = self.order().items.iter();
        items.filter(move |item| item.parent == Some(whole))
    }

    /// The order that the item belongs to.
    pub(crate) fn order(&self) -> &Order {
        &self.view.order
    }

    /// The currency of the order.
    pub(crate) fn currency(&self) -> Currency {
        self.item().currency()
    }
}
