//! Taxes and discounts as labelled amounts.

use async_graphql::{Enum, SimpleObject};
use countermand_domain::{Money as Amount, Order, TaxLine};

use super::coupon::AppliedCoupon;
use super::list::List;
use super::money::{Money, float};

/// A tax rate with what it amounts to.
#[derive(SimpleObject, Clone)]
pub(crate) struct TaxItem {
    /// The tax.
    amount: Money,
    /// Per cent.
    rate: f64,
    /// What the shopper saw.
    title: String,
}

/// What a discount takes its amount from.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CartDiscountType {
    /// Items.
    Item,
    /// The shipping.
    Shipping,
}

/// A discount with what it amounts to.
#[derive(SimpleObject, Clone)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Discount {
    /// The discount, positive.
    amount: Money,
    /// What the shopper saw.
    label: String,
    /// What it is taken from.
    applied_to: CartDiscountType,
    /// The coupon behind it.
    coupon: Option<AppliedCoupon>,
    /// The kind of rule: not kept.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// The rule's own value: not kept.
    value: Option<f64>,
    /// Whether the rule ends all others: not kept.
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

    /// The taxes of an order.
    pub(crate) fn of_order(order: &Order) -> List<Self> {
        order
            .taxes
            .iter()
            .map(|line| Self::new(line, line.amount))
            .collect()
    }

    /// The taxes that a part of an order's tax consists of.
    ///
    /// Rates are kept for orders only: a part is told by rate where it is the whole, or where there is one rate.
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

    /// The discount that a part of an order has: named where the order has just one.
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
