//! The items of an order, by kind of product.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{ProductOption, ProductType};

use super::item_details::{BundleChoices, Downloads, GiftCardText, OrderItemOption, Parent};
use super::item_prices::OrderItemPrices;
use super::row::Row;
use super::tax_and_discount::{CartDiscountType, Discount};
use crate::adobe::{GiftMessage, GiftWrapping, ProductInterface};
use crate::kit::List;
use crate::kit::id;
use crate::kit::interface::interface;
use crate::kit::money::{Money, does_not_add_up, quantity};

interface! {
    /// An item of an order: one product in the quantity that the buyer ordered.
    OrderItemInterface of OrderItemFields {
        Plain(OrderItem),
        Configurable(ConfigurableOrderItem),
        Bundle(BundleOrderItem),
        Downloadable(DownloadableOrderItem),
        GiftCard(GiftCardOrderItem),
    }
}

impl OrderItemInterface {
    /// The order's items that are not part of another item.
    pub(crate) fn top_level(view: &Arc<OrderView>) -> List<Self> {
        Row::top_level(view).map(Self::from).collect()
    }
}

impl From<Row> for OrderItemInterface {
    fn from(row: Row) -> Self {
        let fields = OrderItemFields(row.clone());
        match row.item().product_type {
            ProductType::Simple | ProductType::Virtual | ProductType::Grouped => OrderItem(fields).into(),
            ProductType::Configurable => ConfigurableOrderItem(Parent(row), fields).into(),
            ProductType::Bundle => BundleOrderItem(Parent(row.clone()), BundleChoices(row), fields).into(),
            ProductType::Downloadable => DownloadableOrderItem(Downloads(row), fields).into(),
            ProductType::GiftCard => GiftCardOrderItem(GiftCardText(row), fields).into(),
        }
    }
}

/// An order item with a simple, virtual or grouped product.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct OrderItem(OrderItemFields);

/// An order item with a configurable product.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct ConfigurableOrderItem(Parent, OrderItemFields);

/// An order item with a bundle.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct BundleOrderItem(Parent, BundleChoices, OrderItemFields);

/// An order item with a downloadable product.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct DownloadableOrderItem(Downloads, OrderItemFields);

/// An order item with a gift card.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct GiftCardOrderItem(GiftCardText, OrderItemFields);

/// The fields that every order item has.
#[derive(Clone)]
pub(crate) struct OrderItemFields(Row);

#[Object(rename_fields = "snake_case")]
impl OrderItemFields {
    /// Id of the item, base64 of a decimal number; unique among the items of orders.
    async fn id(&self) -> ID {
        id::of_item(self.0.order().id, self.0.item().position)
    }

    /// SKU (stock keeping unit) of the product.
    async fn product_sku(&self) -> &str {
        &self.0.item().sku
    }

    /// Name of the product when the order was placed. Never null.
    async fn product_name(&self) -> Option<&str> {
        Some(&self.0.item().name)
    }

    /// Kind of product: `simple`, `virtual`, `downloadable`, `bundle`, `configurable`, `giftcard` or `grouped`; any
    /// other kind is shown as `simple`. Never null.
    async fn product_type(&self) -> Option<&str> {
        Some(self.0.item().product_type.code())
    }

    /// Always null: this shop has no product catalog.
    async fn product_url_key(&self) -> Option<&str> {
        None
    }

    /// Always null: this shop has no product catalog.
    async fn product(&self) -> Option<ProductInterface> {
        None
    }

    /// Price of one unit in the order's currency, without tax, before discounts, with at most four decimals.
    async fn product_sale_price(&self) -> Money {
        Money::unit_price(self.0.item().prices.price, self.0.currency())
    }

    /// How far the item is: `Ordered`, `Invoiced`, `Shipped`, `Refunded`, `Canceled`, `Partial` or `Mixed`; and
    /// `Cancellation requested` while a request for a cancellation names a unit of the item. Never null.
    async fn status(&self) -> Option<&str> {
        if self.0.order().requested_units(self.0.item()).is_positive() {
            return Some("Cancellation requested");
        }
        Some(self.0.item().status())
    }

    /// Quantity whose cancellation is requested and not decided yet, with at most four decimals; zero without an open
    /// request. Adobe's type does not have this field.
    async fn quantity_cancellation_requested(&self) -> f64 {
        quantity(self.0.order().requested_units(self.0.item()))
    }

    /// Quantity that the buyer ordered, with at most four decimals. Never null.
    async fn quantity_ordered(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.ordered))
    }

    /// Quantity that has been invoiced, with at most four decimals. Never null.
    async fn quantity_invoiced(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.invoiced))
    }

    /// Quantity that has been shipped, with at most four decimals. Never null.
    async fn quantity_shipped(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.shipped))
    }

    /// Quantity that credit memos have refunded, with at most four decimals. Never null.
    async fn quantity_refunded(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.refunded))
    }

    /// Quantity that was canceled before it was invoiced, with at most four decimals. Never null.
    async fn quantity_canceled(&self) -> Option<f64> {
        Some(quantity(self.0.item().quantities.canceled))
    }

    /// Always zero: this shop does not handle returns.
    async fn quantity_returned(&self) -> Option<f64> {
        Some(0.0)
    }

    /// Always zero: this shop does not handle returns.
    async fn quantity_return_requested(&self) -> Option<f64> {
        Some(0.0)
    }

    /// Options that the buyer chose, such as a color; empty when there are none. Never null.
    async fn selected_options(&self) -> Option<List<OrderItemOption>> {
        Some(options(&self.0.item().selected_options))
    }

    /// Options that the buyer typed, such as an engraving; empty when there are none. Never null.
    async fn entered_options(&self) -> Option<List<OrderItemOption>> {
        Some(options(&self.0.item().entered_options))
    }

    /// Discount on the item as one entry; empty when there is none. Never null.
    async fn discounts(&self) -> Option<List<Discount>> {
        Some(Discount::of_part(
            self.0.order(),
            self.0.item().discount(),
            CartDiscountType::Item,
        ))
    }

    /// Prices of the item; null, with an entry in `errors`, when the amounts of the item do not add up.
    async fn prices(&self) -> Option<Result<OrderItemPrices>> {
        Some(OrderItemPrices::of(&self.0).map_err(does_not_add_up))
    }

    /// Always false: this shop does not handle returns.
    async fn eligible_for_return(&self) -> Option<bool> {
        Some(false)
    }

    /// Always null: this shop keeps no gift messages.
    async fn gift_message(&self) -> Option<GiftMessage> {
        None
    }

    /// Always null: this shop keeps no gift wrapping.
    async fn gift_wrapping(&self) -> Option<GiftWrapping> {
        None
    }

    /// Always null: this shop keeps no labels of free gifts.
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
