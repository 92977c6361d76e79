//! What an order adds up to.

use async_graphql::SimpleObject;
use countermand_domain::{MoneyError, Order, RowMoney};

use super::list::List;
use super::money::Money;
use super::tax_and_discount::{Discount, TaxItem};
use crate::adobe::GiftOptionsPrices;

/// What an order adds up to.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderTotal {
    /// The rows without tax, before discounts.
    #[graphql(deprecation = "Use `subtotal_excl_tax`.")]
    subtotal: Money,
    /// The rows without tax, before discounts.
    subtotal_excl_tax: Money,
    /// The rows with tax, before discounts.
    subtotal_incl_tax: Money,
    /// What the buyer owes in all.
    grand_total: Money,
    /// The same without tax.
    grand_total_excl_tax: Money,
    /// The same in the website's base currency.
    base_grand_total: Money,
    /// Tax of rows and shipping.
    total_tax: Money,
    /// Shipping without tax.
    total_shipping: Money,
    /// Shipping in detail.
    shipping_handling: Option<ShippingHandling>,
    /// Taxes by rate.
    taxes: Option<List<TaxItem>>,
    /// Discounts by rule.
    discounts: Option<List<Discount>>,
    /// Gift cards, store credit and points: kept as one sum.
    total_giftcard: Option<Money>,
    /// A part of `total_giftcard`.
    total_reward_points: Option<Money>,
    /// A part of `total_giftcard`.
    total_store_credit: Option<Money>,
    /// Gift options: none.
    gift_options: Option<GiftOptionsPrices>,
}

/// What shipping costs.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ShippingHandling {
    /// Without tax, before the discount.
    total_amount: Money,
    /// With tax, before the discount.
    amount_including_tax: Option<Money>,
    /// Without tax, before the discount.
    amount_excluding_tax: Option<Money>,
    /// Taxes by rate.
    taxes: Option<List<TaxItem>>,
    /// The discount.
    discounts: Option<List<ShippingDiscount>>,
}

/// A discount on shipping.
#[derive(SimpleObject)]
pub(crate) struct ShippingDiscount {
    /// The discount, positive.
    amount: Money,
}

impl OrderTotal {
    pub(crate) fn of(order: &Order) -> Result<Self, MoneyError> {
        let (rows, shipping, totals) = (order.items_money()?, order.shipping.ordered, &order.totals);
        let tax = rows.tax.checked_add(shipping.tax)?;
        let hidden_tax = rows.tax_compensation.checked_add(shipping.tax_compensation)?;
        let without_tax = totals.grand_total.checked_sub(tax)?.checked_sub(hidden_tax)?;
        Ok(Self {
            subtotal: rows.net.into(),
            subtotal_excl_tax: rows.net.into(),
            subtotal_incl_tax: rows.including_tax()?.into(),
            grand_total: totals.grand_total.into(),
            grand_total_excl_tax: without_tax.into(),
            base_grand_total: totals.base_grand_total.into(),
            total_tax: tax.into(),
            total_shipping: shipping.net.into(),
            shipping_handling: Some(ShippingHandling::of(order, shipping)?),
            taxes: Some(TaxItem::of_order(order)),
            discounts: Some(Discount::of_order(order)),
            total_giftcard: Some(totals.credits.into()),
            total_reward_points: None,
            total_store_credit: None,
            gift_options: None,
        })
    }
}

impl ShippingHandling {
    /// The shipping of an order, or of one of its documents.
    pub(crate) fn of(order: &Order, shipping: RowMoney) -> Result<Self, MoneyError> {
        let discount = Some(shipping.discount).filter(|it| !it.is_zero());
        Ok(Self {
            total_amount: shipping.net.into(),
            amount_including_tax: Some(shipping.including_tax()?.into()),
            amount_excluding_tax: Some(shipping.net.into()),
            taxes: Some(TaxItem::of_part(order, shipping.tax)),
            discounts: Some(
                discount
                    .map(|it| ShippingDiscount { amount: it.into() })
                    .into_iter()
                    .collect(),
            ),
        })
    }
}
