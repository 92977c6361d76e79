//! Units of an order that were delivered without a shipment, and gift cards that were used.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::Delivery;

use super::order_item::OrderItemInterface;
use super::row::Row;
use crate::kit::money::quantity;
use crate::kit::{List, time};

/// What happened to units of an order that are not shipped.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::DeliveryKind")]
pub(crate) enum OrderDeliveryKind {
    /// A virtual item was delivered, such as a service.
    Delivered,
    /// The files of a downloadable item were downloaded for the first time.
    Downloaded,
    /// A gift card was used, at least in part.
    GiftCardUsed,
}

/// Units of an item that were delivered without a shipment, or gift cards that were used.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderDelivery {
    /// The order item that was delivered or used.
    item: OrderItemInterface,
    /// SKU (stock keeping unit) of the product.
    product_sku: String,
    /// How many units of the item were delivered or used in all, with at most four decimals.
    quantity: f64,
    /// Whether the units were delivered, downloaded or used.
    kind: OrderDeliveryKind,
    /// When the newest of the units was delivered or used, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    delivered_at: String,
}

impl OrderDelivery {
    /// The deliveries of an order, in the order in which they were recorded.
    pub(crate) fn all(view: &Arc<OrderView>) -> List<Self> {
        let delivery = |it: &Delivery| {
            let row = Row::at(view, it.item)?;
            Some(Self {
                product_sku: row.item().sku.clone(),
                quantity: quantity(it.quantity),
                kind: it.kind.into(),
                delivered_at: time::utc(it.at),
                item: row.into(),
            })
        };
        view.order.deliveries.iter().filter_map(delivery).collect()
    }
}
