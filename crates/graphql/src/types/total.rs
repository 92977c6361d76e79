//! The amounts that an order adds up to.

use async_graphql::SimpleObject;
use countermand_domain::{MoneyError, Order, RowMoney};

use super::other_amount::OtherAmount;
use super::tax_and_discount::{Discount, TaxItem};
use crate::adobe::GiftOptionsPrices;
use crate::kit::List;
use crate::kit::money::Money;

/// Amounts that an order adds up to; in the order's currency, unless a field says otherwise.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderTotal {
    /// Sum of the items, without tax, before discounts; the same as `subtotal_excl_tax`.
    #[graphql(deprecation = "Use `subtotal_excl_tax`.")]
    subtotal: Money,
    /// Sum of the items, without tax, before discounts.
    subtotal_excl_tax: Money,
    /// Sum of the items, with tax, before discounts.
    subtotal_incl_tax: Money,
    /// What the buyer owes for the whole order, with tax and shipping, after
    /// discounts, gift cards, store credit and reward points.
    grand_total: Money,
    /// The amount of `grand_total` less the tax on items and shipping.
    grand_total_excl_tax: Money,
    /// The amount of `grand_total` in the base currency of the order's website.
    base_grand_total: Money,
    /// Tax on items and shipping.
    total_tax: Money,
    /// Shipping cost, without tax, before discounts.
    total_shipping: Money,
    /// Charges beside items and shipping, such as a fixed product tax, gift wrapping or a payment fee; they are part
    /// of `grand_total`. Empty when there are none.
    other_charges: Vec<OtherAmount>,
    /// Credits of extensions that the buyer used, which are contained in `total_giftcard`; empty when there are none.
    other_credits: Vec<OtherAmount>,
    /// Shipping cost of the order in detail. Never null.
    shipping_handling: Option<ShippingHandling>,
    /// Taxes of the order by rate; empty when there are none. Never null.
    taxes: Option<List<TaxItem>>,
    /// Discounts on the order, shipping included; empty when there are none. Never null.
    discounts: Option<List<Discount>>,
    /// Gift cards, store credit and reward points that the buyer used, as
    /// one sum; zero when none were used. Never null.
    total_giftcard: Option<Money>,
    /// Always null: reward points are included in `total_giftcard`.
    total_reward_points: Option<Money>,
    /// Always null: store credit is included in `total_giftcard`.
    total_store_credit: Option<Money>,
    /// Always null: this shop keeps no gift options.
    gift_options: Option<GiftOptionsPrices>,
}

/// Shipping cost of an order or of one of its documents, in the order's currency.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct ShippingHandling {
    /// Shipping cost without tax, before the discount.
    total_amount: Money,
    /// Shipping cost with tax, before the discount. Never null.
    amount_including_tax: Option<Money>,
    /// Shipping cost without tax, before the discount, the same as `total_amount`. Never null.
    amount_excluding_tax: Option<Money>,
    /// Taxes on shipping by rate; empty when there is no tax on shipping, or
    /// when the order has several rates. Never null.
    taxes: Option<List<TaxItem>>,
    /// Discount on shipping as one entry; empty when there is none. Never null.
    discounts: Option<List<ShippingDiscount>>,
}

/// A discount on the shipping charge of an order.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ShippingDiscount {
    /// Amount of the discount as a positive number, in the order's currency.
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
            other_charges: OtherAmount::charges(order)?,
            other_credits: OtherAmount::credits(order)?,
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
    /// The shipping cost `shipping` of an order, or of one of its documents.
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
