//! What the items of invoices, credit memos and shipments have in common.

use async_graphql::{ID, Object};
use countermand_domain::{Money as Amount, Quantity};

use super::id;
use super::list::List;
use super::money::{Money, quantity};
use super::order_item::OrderItemInterface;
use super::row::Row;
use super::tax_and_discount::{CartDiscountType, Discount};

/// A row on a document.
#[derive(Clone)]
pub(crate) struct DocumentItem {
    row: Row,
    /// Which of the order's documents of that kind, from 1.
    document: i32,
}

impl DocumentItem {
    pub(crate) fn new(row: Row, document: i32) -> Self {
        Self { row, document }
    }
}

#[Object(rename_fields = "snake_case")]
impl DocumentItem {
    async fn id(&self) -> ID {
        id::within_document(self.row.order().id, self.document, self.row.item().position)
    }

    /// The row of the order.
    async fn order_item(&self) -> Option<OrderItemInterface> {
        Some(self.row.clone().into())
    }

    /// Name when bought.
    async fn product_name(&self) -> Option<&str> {
        Some(&self.row.item().name)
    }

    /// Stock keeping unit.
    async fn product_sku(&self) -> &str {
        &self.row.item().sku
    }

    /// A unit without tax.
    async fn product_sale_price(&self) -> Money {
        Money::unit_price(self.row.item().prices.price, self.row.currency())
    }
}

/// The discount of a row on a document.
#[derive(Clone)]
pub(crate) struct DocumentDiscount {
    pub(crate) row: Row,
    pub(crate) discount: Amount,
}

#[Object]
impl DocumentDiscount {
    /// Discounts on the row, as far as they belong to this document.
    async fn discounts(&self) -> Option<List<Discount>> {
        Some(Discount::of_part(
            self.row.order(),
            self.discount,
            CartDiscountType::Item,
        ))
    }
}

/// How much an invoice bills.
#[derive(Clone)]
pub(crate) struct Invoiced(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Invoiced {
    async fn quantity_invoiced(&self) -> Option<f64> {
        Some(quantity(self.0))
    }
}

/// How much a credit memo gives back.
#[derive(Clone)]
pub(crate) struct Refunded(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Refunded {
    async fn quantity_refunded(&self) -> Option<f64> {
        Some(quantity(self.0))
    }
}

/// How much is in a parcel.
#[derive(Clone)]
pub(crate) struct Shipped(pub(crate) Quantity);

#[Object(rename_fields = "snake_case")]
impl Shipped {
    async fn quantity_shipped(&self) -> f64 {
        quantity(self.0)
    }
}
