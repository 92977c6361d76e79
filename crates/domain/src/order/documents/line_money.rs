//! The money of the lines of a document or a cancellation: shares of what is left of the items, and of the charges on
//! them.

use std::collections::BTreeMap;

use crate::money::{Fraction, Money, MoneyError, Quantity, RowMoney, apportion, sum_of_shares};
use crate::order::item::LeftOfItem;
use crate::order::{ChargeShare, ItemPosition, Order, OrderItem, OtherCharge, WithOrderCharges};

/// The money of the lines of a document or a cancellation.
pub(crate) struct LineMoney {
    /// The money of each line, in the order of the lines. Lines of items whose money does not count have none.
    pub(crate) rows: Vec<RowMoney>,
    /// The parts of the order's charges that go along.
    pub(crate) charges: Vec<ChargeShare>,
}

impl Order {
    /// The money of `lines` that is neither invoiced nor canceled.
    pub(crate) fn money_to_bill(
        &self,
        lines: &[(ItemPosition, Quantity)],
        order_charges: WithOrderCharges,
    ) -> Result<LineMoney, MoneyError> {
        self.line_money(
            lines,
            order_charges,
            OrderItem::left_to_invoice,
            OtherCharge::left_to_invoice,
        )
    }

    /// The money of `lines` that is invoiced and not refunded.
    pub(crate) fn money_to_refund(
        &self,
        lines: &[(ItemPosition, Quantity)],
        order_charges: WithOrderCharges,
    ) -> Result<LineMoney, MoneyError> {
        self.line_money(
            lines,
            order_charges,
            OrderItem::left_to_refund,
            OtherCharge::left_to_refund,
        )
    }

    /// Shares of what is left of the items of `lines`, and of the charges on these items.
    ///
    /// An item or a charge never goes below zero, and the last units take the rest to the minor unit. An item, the
    /// parts of a bundle and the charges on them are rounded together, so that two equal units and two equal bundles
    /// differ by one minor unit at most.
    fn line_money(
        &self,
        lines: &[(ItemPosition, Quantity)],
        order_charges: WithOrderCharges,
        left_of_item: impl Fn(&OrderItem) -> Result<LeftOfItem, MoneyError>,
        left_of_charge: impl Fn(&OtherCharge) -> Result<Money, MoneyError>,
    ) -> Result<LineMoney, MoneyError> {
        let mut rows = vec![RowMoney::zero(self.currency()); lines.len()];
        let mut charges = vec![Money::zero(self.currency()); self.other_charges.len()];
        let mut families: BTreeMap<ItemPosition, Vec<Share>> = BTreeMap::new();
        for (line, &(position, part)) in lines.iter().enumerate() {
            let Some(item) = self.item(position) else {
                continue;
            };
            let left = left_of_item(item)?;
            let whole = left.units;
            let fraction = Fraction { part, whole };
            let family = families.entry(item.parent.unwrap_or(position)).or_default();
            if item.counts {
                let of = Amount::Row(line, left.money);
                family.push(Share { of, fraction });
            }
            for (charge, it) in self.other_charges.iter().enumerate() {
                if it.item == Some(position) {
                    let of = Amount::Charge(charge, left_of_charge(it)?);
                    family.push(Share { of, fraction });
                }
            }
        }
        for family in families.values() {
            let exact = family.iter().map(Share::exact).collect::<Result<Vec<_>, _>>()?;
            let payable = apportion(sum_of_shares(&exact), &exact);
            for (share, payable) in family.iter().zip(payable) {
                let payable = Money::new(payable, self.currency());
                match share.of {
                    Amount::Row(line, money) => rows[line] = money.share_of(payable, share.fraction),
                    Amount::Charge(charge, _) => charges[charge] = payable,
                }
            }
        }
        if order_charges == WithOrderCharges::Yes {
            for (amount, it) in charges.iter_mut().zip(&self.other_charges) {
                if it.item.is_none() {
                    *amount = left_of_charge(it)?;
                }
            }
        }
        Ok(LineMoney {
            rows,
            charges: ChargeShare::of_amounts(charges),
        })
    }
}

/// The fraction of an amount that a line takes.
struct Share {
    of: Amount,
    fraction: Fraction,
}

/// What is left of an item or of a charge on an item.
#[derive(Clone, Copy)]
enum Amount {
    /// The money of the item of the line with this index.
    Row(usize, RowMoney),
    /// The charge with this index.
    Charge(usize, Money),
}

impl Share {
    fn exact(&self) -> Result<(i64, Fraction), MoneyError> {
        let payable = match self.of {
            Amount::Row(_, money) => money.payable()?,
            Amount::Charge(_, money) => money,
        };
        Ok((payable.minor(), self.fraction))
    }
}
