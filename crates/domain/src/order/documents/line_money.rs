//! The money of the lines of a document or a cancellation: shares of what is left of the items.

use std::collections::BTreeMap;

use crate::money::{Fraction, Money, MoneyError, Quantity, RowMoney, apportion, sum_of_shares};
use crate::order::item::LeftOfItem;
use crate::order::{ItemPosition, Order, OrderItem};

impl Order {
    /// The money of each line, in the order of `lines`: a share of what is `left` of its item. Lines of items whose
    /// money does not count have none.
    ///
    /// An item never goes below zero, and its last units take the rest to the minor unit. The parts of one bundle are
    /// rounded together, so that two equal bundles differ by one minor unit at most, as two equal units do.
    pub(crate) fn line_money(
        &self,
        lines: &[(ItemPosition, Quantity)],
        left: impl Fn(&OrderItem) -> Result<LeftOfItem, MoneyError>,
    ) -> Result<Vec<RowMoney>, MoneyError> {
        let mut money = vec![RowMoney::zero(self.currency()); lines.len()];
        let mut families: BTreeMap<ItemPosition, Vec<Share>> = BTreeMap::new();
        for (line, &(position, part)) in lines.iter().enumerate() {
            let Some(item) = self.item(position).filter(|item| item.counts) else {
                continue;
            };
            let left = left(item)?;
            let share = Share {
                line,
                of: left.money,
                fraction: Fraction {
                    part,
                    whole: left.units,
                },
            };
            let family = item.parent.unwrap_or(position);
            families.entry(family).or_default().push(share);
        }
        for family in families.values() {
            let exact = family.iter().map(Share::exact).collect::<Result<Vec<_>, _>>()?;
            let payable = apportion(sum_of_shares(&exact), &exact);
            for (share, payable) in family.iter().zip(payable) {
                let payable = Money::new(payable, self.currency());
                money[share.line] = share.of.share_of(payable, share.fraction);
            }
        }
        Ok(money)
    }
}

/// The fraction of an item's money that a line takes.
struct Share {
    line: usize,
    of: RowMoney,
    fraction: Fraction,
}

impl Share {
    fn exact(&self) -> Result<(i64, Fraction), MoneyError> {
        Ok((self.of.payable()?.minor(), self.fraction))
    }
}
