//! Rows of an order, by kind of product.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{ProductOption, ProductType};

use super::id;
use super::interface::interface;
use super::item_details::{BundleChoices, Downloads, GiftCardText, OrderItemOption, Parent};
use super::item_prices::OrderItemPrices;
use super::list::List;
use super::money::{Money, does_not_add_up, quantity};
use super::row::Row;
use super::tax_and_discount::{CartDiscountType, Discount};
use crate::adobe::{GiftMessage, GiftWrapping, ProductInterface};

interface! {
    /// A row of an order.
    OrderItemInterface of OrderItemFields {
        Plain(OrderItem),
        Configurable(ConfigurableOrderItem),
        Bundle(BundleOrderItem),
        Downloadable(DownloadableOrderItem),
        GiftCard(GiftCardOrderItem),
    }
}

impl OrderItemInterface {
    /// The rows that do not belong to another one.
    pub(crate) fn top_level(view: &Arc<OrderView>) -> List<Self> {
        Row::top_level(view).map(Self::from).collect()
    }
}

impl From<Row> for OrderItemInterface {
    fn from(row: Row) -> Self {
        let fields = OrderItemFields(row.clone());
        match row.item().product_type {
            ProductType::Simple | ProductType::Virtual | ProductType::Grouped => OrderItem(fields).into(),
            ProductType::Configurable => ConfigurableOrderItem(fields, Parent(row)).into(),
            ProductType::Bundle => BundleOrderItem(fields, Parent(row.clone()), BundleChoices(row)).into(),
            ProductType::Downloadable => DownloadableOrderItem(fields, Downloads(row)).into(),
            ProductType::GiftCard => GiftCardOrderItem(fields, GiftCardText(row)).into(),
        }
    }
}

/// A simple, virtual or grouped product.
#[derive(MergedObject, Clone)]
pub(crate) struct OrderItem(OrderItemFields);

/// A configurable product.
#[derive(MergedObject, Clone)]
pub(crate) struct ConfigurableOrderItem(OrderItemFields, Parent);

/// A bundle.
#[derive(MergedObject, Clone)]
pub(crate) struct BundleOrderItem(OrderItemFields, Parent, BundleChoices);

/// Files.
#[derive(MergedObject, Clone)]
pub(crate) struct DownloadableOrderItem(OrderItemFields, Downloads);

/// A gift card.
#[derive(MergedObject, Clone)]
pub(crate) struct GiftCardOrderItem(OrderItemFields, GiftCardText);

/// What every row has.
#[derive(Clone)]
pub(crate) struct OrderItemFields(Row);

#[Object(rename_fields = "snake_case")]
impl OrderItemFields {
    async fn id(&self) -> ID {
        id::within_order(self.0.order().id, self.0.item().position)
    }

    /// Stock keeping unit.
    async fn product_sku(&self) -> &str {
        &self.0.item().sku
    }

    /// Name when bought.
    async fn product_name(&self) -> Option<&str> {
        Some(&self.0.item().name)
    }

    /// Kind of product.
    async fn product_type(&self) -> Option<&str> {
        Some(self.0.item().product_type.code())
    }

    /// The product's address: there is no catalog here.
    async fn product_url_key(&self) -> Option<&str> {
        None
    }

    /// The product as it is now: there is no catalog here.
    async fn product(&self) -> Option<ProductInterface> {
        None
    }

    /// A unit without tax.
    async fn product_sale_price(&self) -> Money {
        Money::unit_price(self.0.item().prices.price, self.0.currency())
    }

    /// `Ordered`, `Invoiced`, `Shipped`, `Refunded`, `Canceled`, `Partial` or `Mixed`.
    async fn status(&self) -> Option<&str> {
        Some(self.0.item().status())
    }

    async fn quantity_ordered(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.ordered))
    }

    async fn quantity_invoiced(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.invoiced))
    }

    async fn quantity_shipped(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.shipped))
    }

    async fn quantity_refunded(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.refunded))
    }

    async fn quantity_canceled(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.canceled))
    }

    /// Returns are not handled here: none.
    async fn quantity_returned(&self) -> Option<f64> {
        Some(0.0)
    }

    /// Returns are not handled here: none.
    async fn quantity_return_requested(&self) -> Option<f64> {
        Some(0.0)
    }

    /// Options that were chosen.
    async fn selected_options(&self) -> Option<List<OrderItemOption>> {
        Some(options(&self.0.item().selected_options))
    }

    /// Options that were typed.
    async fn entered_options(&self) -> Option<List<OrderItemOption>> {
        Some(options(&self.0.item().entered_options))
    }

    /// Discounts on the row.
    async fn discounts(&self) -> Option<List<Discount>> {
        Some(Discount::of_part(
            self.0.order(),
            self.0.item().discount(),
            CartDiscountType::Item,
        ))
    }

    /// What the row costs.
    async fn prices(&self) -> Option<Result<OrderItemPrices>> {
        Some(OrderItemPrices::of(&self.0).map_err(does_not_add_up))
    }

    /// Returns are not handled here: no.
    async fn eligible_for_return(&self) -> Option<bool> {
        Some(false)
    }

    async fn gift_message(&self) -> Option<GiftMessage> {
        None
    }

    async fn gift_wrapping(&self) -> Option<GiftWrapping> {
        None
    }

    async fn free_gift_label(&self) -> Option<&str> {
        None
    }
}

fn options(options: &[ProductOption]) -> List<OrderItemOption> {
    options
        .iter()
        .map(|it| OrderItemOption {
            label: it.label.clone(),
            value: it.value.clone(),
        })
        .collect()
}
