//! The fields that the items of invoices, credit memos and shipments have in common.

use async_graphql::{ID, Object};
use countermand_domain::{Money as Amount, Quantity};

use super::order_item::OrderItemInterface;
use super::row::Row;
use super::tax_and_discount::{CartDiscountType, Discount};
use crate::kit::List;
use crate::kit::id;
use crate::kit::money::{Money, quantity};

/// An item of an order on a sales document.
#[derive(Clone)]
pub(crate) struct DocumentItem {
    row: Row,
    /// Place of the document among the order's documents of its kind, from 1.
    document: i32,
}

impl DocumentItem {
    pub(crate) fn new(row: Row, document: i32) -> Self {
        Self { row, document }
    }
}

#[Object(rename_fields = "snake_case")]
impl DocumentItem {
    /// Id of the item on this document, base64 of a decimal number; unique among the items of documents of this kind.
    async fn id(&self) -> ID {
        id::within_document(self.row.order().id, self.document, self.row.item().position)
    }

    /// The item of the order that this document covers, wholly or in part. Never null.
    async fn order_item(&self) -> Option<OrderItemInterface> {
        Some(self.row.clone().into())
    }

    /// Name of the product when the order was placed. Never null.
    async fn product_name(&self) -> Option<&str> {
        Some(&self.row.item().name)
    }

    /// SKU (stock keeping unit) of the product.
    async fn product_sku(&self) -> &str {
        &self.row.item().sku
    }

    /// Price of one unit in the order's currency, without tax, before discounts, with at most four decimals.
    async fn product_sale_price(&self) -> Money {
        Money::unit_price(self.row.item().prices.price, self.row.currency())
    }
}

/// The part of an item's discount that belongs to a document.
#[derive(Clone)]
pub(crate) struct DocumentDiscount {
    pub(crate) row: Row,
    pub(crate) discount: Amount,
}

#[Object]
impl DocumentDiscount {
    /// Part of the item's discount that belongs to this document, as one
    /// entry; empty when there is no discount. Never null.
    async fn discounts(&self) -> Option<List<Discount>> {
        Some(Discount::of_part(
            self.row.order(),
            self.discount,
            CartDiscountType::Item,
        ))
    }
}

/// The quantity of an item that an invoice bills.
#[derive(Clone)]
pub(crate) struct Invoiced(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Invoiced {
    /// Quantity of the item that this invoice bills, with at most four decimals. Never null.
    async fn quantity_invoiced(&self) -> Option<f64> {
        Some(quantity(self.0))
    }
}

/// The quantity of an item that a credit memo gives back.
#[derive(Clone)]
pub(crate) struct Refunded(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Refunded {
    /// Quantity of the item that this credit memo gives back, with at most four decimals. Never null.
    async fn quantity_refunded(&self) -> Option<f64> {
        Some(quantity(self.0))
    }
}

/// The quantity of an item that a shipment holds.
#[derive(Clone)]
pub(crate) struct Shipped(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Shipped {
    /// Quantity of the item that this shipment holds, with at most four decimals.
    async fn quantity_shipped(&self) -> f64 {
        quantity(self.0)
    }
}
