//! The items of a quote, each with its share of the shipping and of the fee.

use crate::cancellation::CanceledItem;
use crate::cancellation::plan::CancellationPlan;
use crate::money::{Fraction, Money, MoneyError, Quantity, RowMoney, apportion};
use crate::order::Order;

/// What a quote takes of one item. The shares of all items of a quote add up to its shipping and to its fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewedItem {
    /// What is canceled and refunded of the item.
    pub taken: CanceledItem,
    /// The item's share of the shipping that comes back, in proportion to what comes back for the items.
    pub shipping_refunded: Money,
    /// The item's share of the shipping that will never be billed, in proportion to what will never be billed of the
    /// items.
    pub shipping_canceled: Money,
    /// The item's share of the fee, in proportion to what comes back for the items.
    pub fee: Money,
}

impl PreviewedItem {
    /// The items of which `plan` takes something.
    pub(crate) fn all_of(order: &Order, plan: &CancellationPlan) -> Result<Vec<Self>, MoneyError> {
        let taken = plan.changed_items();
        let worth = |money: fn(&CanceledItem) -> RowMoney| {
            let amounts = taken.iter().map(|row| money(row).payable());
            amounts.collect::<Result<Vec<_>, _>>()
        };
        let refunded = worth(|row| row.refunded_money)?;
        let canceled = worth(|row| row.canceled_money)?;
        let shipping_refunded = shares(plan.shipping_refunded().payable()?, &refunded);
        let shipping_canceled = shares(plan.shipping_canceled().payable()?, &canceled);
        let fees = shares(plan.fee(order), &refunded);
        let shares = shipping_refunded.into_iter().zip(shipping_canceled).zip(fees);
        let item = |(taken, ((shipping_refunded, shipping_canceled), fee))| Self {
            taken,
            shipping_refunded,
            shipping_canceled,
            fee,
        };
        Ok(taken.into_iter().zip(shares).map(item).collect())
    }
}

/// The share of `total` for each of `worths`, by largest remainder; equal shares where nothing is worth anything. There
/// is a share for each worth, and together they are `total`.
fn shares(total: Money, worths: &[Money]) -> Vec<Money> {
    let sum = worths
        .iter()
        .fold(0_i64, |sum, worth| sum.saturating_add(worth.minor()));
    let part_of = |worth: &Money| if sum > 0 { worth.minor() } else { 1 };
    let whole = if sum > 0 {
        sum
    } else {
        i64::try_from(worths.len()).unwrap_or(i64::MAX)
    };
    let exact: Vec<_> = worths
        .iter()
        .map(|worth| {
            let fraction = Fraction {
                part: Quantity::from_scaled(part_of(worth)),
                whole: Quantity::from_scaled(whole),
            };
            (total.minor(), fraction)
        })
        .collect();
    let shares = apportion(total.minor(), &exact).into_iter();
    shares.map(|minor| Money::new(minor, total.currency())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(total: i64, worths: &[i64]) -> Vec<i64> {
        let usd = |minor| Money::new(minor, "USD".parse().expect("a currency"));
        let worths: Vec<_> = worths.iter().map(|it| usd(*it)).collect();
        shares(usd(total), &worths).iter().map(|it| it.minor()).collect()
    }

    #[test]
    fn the_largest_remainders_get_the_missing_cents() {
        assert_eq!(minor(100, &[100, 100, 100]), [34, 33, 33]);
        assert_eq!(minor(500, &[1000, 700]), [294, 206]);
        assert_eq!(minor(5, &[0, 1, 0]), [0, 5, 0]);
    }

    #[test]
    fn items_that_are_worth_nothing_get_equal_shares() {
        assert_eq!(minor(5, &[0, 0]), [3, 2]);
        assert_eq!(minor(0, &[0]), [0]);
        assert!(minor(5, &[]).is_empty());
    }
}
