//! Taxes and discounts as labeled amounts.

use async_graphql::{Enum, SimpleObject};
use countermand_domain::{Money as Amount, Order, TaxLine};

use super::coupon::AppliedCoupon;
use crate::kit::List;
use crate::kit::money::{Money, float};

/// A tax of one rate and its amount.
#[derive(SimpleObject, Clone)]
#[graphql(serial)]
pub(crate) struct TaxItem {
    /// Amount of the tax, in the order's currency.
    amount: Money,
    /// Rate of the tax in percent, such as `21`, with at most four decimals; 0 when the order does not state the rate.
    rate: f64,
    /// Name of the tax as the buyer saw it, such as `VAT`.
    title: String,
}

/// What a discount reduces.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CartDiscountType {
    /// The discount reduces the price of items.
    Item,
    /// The discount reduces the shipping cost. Never used: this shop does not divide a discount by what it reduces.
    Shipping,
}

/// A discount and its amount.
#[derive(SimpleObject, Clone)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct Discount {
    /// Amount of the discount as a positive number, in the order's currency.
    amount: Money,
    /// Name of the discount as the buyer saw it, or `Discount` when no single name is known.
    label: String,
    /// Always `ITEM`: this shop does not divide a discount by what it reduces.
    applied_to: CartDiscountType,
    /// Coupon that gave the discount; null when no coupon did, or when it is
    /// not known which of several discounts applies.
    coupon: Option<AppliedCoupon>,
    /// Always null: this shop does not keep the kind of the discount rule.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// Always null: this shop does not keep the value of the discount rule.
    value: Option<f64>,
    /// Always null: this shop does not keep whether the discount rule excludes other rules.
    is_discounting_locked: Option<bool>,
}

impl TaxItem {
    fn new(line: &TaxLine, amount: Amount) -> Self {
        Self {
            amount: amount.into(),
            rate: float(line.rate, 4),
            title: line.title.clone(),
        }
    }

    /// The taxes of an order, by rate.
    pub(crate) fn of_order(order: &Order) -> List<Self> {
        order
            .taxes
            .iter()
            .map(|line| Self::new(line, line.amount))
            .collect()
    }

    /// The taxes by rate that make up `amount`, which is the tax of a part of an order.
    ///
    /// Rates are kept for orders only. So a part's tax is shown by rate when the part is the whole order, or when
    /// the order has one rate; otherwise the list is empty.
    pub(crate) fn of_part(order: &Order, amount: Amount) -> List<Self> {
        let whole = Amount::sum(order.currency(), order.taxes.iter().map(|line| line.amount));
        match order.taxes.as_slice() {
            _ if amount.is_zero() => List::empty(),
            [line] => List::from(vec![Self::new(line, amount)]),
            _ if whole == Ok(amount) => Self::of_order(order),
            _ => List::empty(),
        }
    }
}

impl Discount {
    /// The discounts of an order.
    pub(crate) fn of_order(order: &Order) -> List<Self> {
        let discounts = order.discounts.iter();
        discounts
            .map(|it| {
                Self::new(
                    it.amount,
                    it.label.clone(),
                    it.coupon.clone(),
                    CartDiscountType::Item,
                )
            })
            .collect()
    }

    /// The discount of a part of an order; its label and coupon are known when the order has exactly one discount.
    pub(crate) fn of_part(order: &Order, amount: Amount, applied_to: CartDiscountType) -> List<Self> {
        if amount.is_zero() {
            return List::empty();
        }
        let (label, coupon) = match order.discounts.as_slice() {
            [only] => (only.label.clone(), only.coupon.clone()),
            _ => ("Discount".to_owned(), None),
        };
        List::from(vec![Self::new(amount, label, coupon, applied_to)])
    }

    fn new(amount: Amount, label: String, coupon: Option<String>, applied_to: CartDiscountType) -> Self {
        Self {
            amount: amount.into(),
            label,
            applied_to,
            coupon: coupon.map(|code| AppliedCoupon { code }),
            kind: None,
            value: None,
            is_discounting_locked: None,
        }
    }
}
