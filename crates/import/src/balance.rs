//! Checks that an order adds up: items, shipping, other charges and credits come to the grand total, before and after
//! rounding, and what is invoiced of them comes to the invoiced total.
//!
//! Refused here: a `grand_total` that nothing explains, a `total_invoiced` that the invoiced items do not explain, and
//! items that come to more than an order may hold.

use countermand_domain::money::round_rows_to;
use countermand_domain::{Currency, Money, OrderItem, OtherCharge, RowMoney, Shipping, Totals};

use super::exact::{ExactRow, decimal, decimal_of, half_up, has_fraction};
use super::explanation::Gap;
use super::raw::LARGEST_AMOUNT;
use super::refused_field::OrderRefusal;

/// An order's amounts in minor units; `rows + shipping - credits + others` is the rounded grand total.
#[derive(Debug)]
pub(super) struct Balance {
    /// The items that count, in the order in which they arrived.
    pub(super) rows: Vec<RowMoney>,
    pub(super) shipping: RowMoney,
    pub(super) credits: Money,
    /// Other charges, and other credits as amounts below zero.
    pub(super) others: Vec<Money>,
    /// How many of the amounts had to be rounded.
    pub(super) rounded: usize,
}

impl Balance {
    /// Rounds each amount with fractions of a minor unit up or down, so that all of them add up to the
    /// total. Refuses the order when no such choice exists. Without fractions, the sums must be exact.
    pub(super) fn of(
        grand_total: i64,
        rows: &[ExactRow],
        shipping: ExactRow,
        credits: i64,
        others: &[i64],
        currency: Currency,
    ) -> Result<Self, OrderRefusal> {
        let mut amounts = amounts(rows, shipping, credits);
        amounts.extend(others);
        check_size(rows, currency)?;

        let total = half_up(grand_total, currency);
        let rounded = amounts.iter().filter(|it| has_fraction(**it, currency)).count();
        if !Gap::of(grand_total, amounts.iter().copied(), currency).is_closed() {
            let known = amounts.iter().fold(0, |sum: i64, it| sum.saturating_add(*it));
            return Err(unexplained(grand_total, known, currency));
        }

        let nothing = Money::zero(currency);
        let mut in_minor = round_rows_to(total, &amounts).into_iter();
        let paired = rows.iter().zip(in_minor.by_ref());
        let rows = paired.map(|(row, payable)| row.rounded_to(payable)).collect();
        let shipping = shipping.rounded_to(in_minor.next().unwrap_or(nothing));
        let credits = nothing.checked_sub(in_minor.next().unwrap_or(nothing))?;
        let others = in_minor.collect();
        Ok(Self {
            rows,
            shipping,
            credits,
            others,
            rounded,
        })
    }
}

/// The refusal of a total that comes to something else than the `known` amounts, both in ten-thousandths.
pub(super) fn unexplained(grand_total: i64, known: i64, currency: Currency) -> OrderRefusal {
    let known = decimal(known.into(), currency);
    let problem = format!(
        "is not what items, shipping and credits come to, {known}, and no other field explains the difference"
    );
    OrderRefusal::new("grand_total", &decimal(grand_total.into(), currency), problem)
}

/// What the total is made of before other charges and credits, in ten-thousandths.
pub(super) fn amounts(rows: &[ExactRow], shipping: ExactRow, credits: i64) -> Vec<i64> {
    let rows = rows.iter().map(|row| row.payable());
    rows.chain([shipping.payable(), -credits]).collect()
}

/// Refuses an invoiced total that the invoiced items do not explain, because canceling would refund another amount.
///
/// Credits may have paid a part of the total. Each item that had
/// fractions or is invoiced in part may differ by its rounding.
pub(super) fn check_invoiced(
    totals: &Totals,
    items: &[OrderItem],
    shipping: &Shipping,
    charges: &[OtherCharge],
    rounded: usize,
) -> Result<(), OrderRefusal> {
    let rows = RowMoney::sum(
        totals.grand_total.currency(),
        items.iter().map(|item| item.invoiced),
    )?;
    let billed_charges = charges.iter().map(|charge| charge.invoiced);
    let value = rows
        .checked_add(shipping.invoiced)?
        .payable()?
        .checked_add(Money::sum(totals.grand_total.currency(), billed_charges)?)?;
    let in_part = |item: &&OrderItem| {
        let q = item.quantities;
        item.counts && q.invoiced.is_positive() && q.invoiced != q.ordered
    };
    let charges = charges.iter().filter(|charge| charge.invoiced != charge.ordered);
    let split = items.iter().filter(in_part).count()
        + usize::from(shipping.invoiced != shipping.ordered)
        + charges.count();
    // Each of the four parts of an item differs by at most half a minor unit.
    let slack = i64::try_from(rounded + 2 * split).unwrap_or(i64::MAX);
    let unexplained = value.checked_sub(totals.invoiced)?.minor();
    if (-slack..=slack.saturating_add(totals.credits.minor())).contains(&unexplained) {
        return Ok(());
    }
    let problem = format!(
        "is not what the invoiced items and shipping come to, {}",
        decimal_of(value)
    );
    Err(OrderRefusal::new(
        "total_invoiced",
        &decimal_of(totals.invoiced),
        problem,
    ))
}

/// Refuses huge parts: parts that cancel each other out could be huge although the total is small.
pub(super) fn check_size(rows: &[ExactRow], currency: Currency) -> Result<(), OrderRefusal> {
    let parts = |row: &ExactRow| {
        i128::from(row.net)
            + i128::from(row.tax)
            + i128::from(row.tax_compensation)
            + i128::from(row.discount)
    };
    let volume: i128 = rows.iter().map(parts).sum();
    if volume > i128::from(LARGEST_AMOUNT) {
        let problem = "come to more than an order may hold";
        Err(OrderRefusal::new("items", &decimal(volume, currency), problem))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(grand_total: i64, nets: &[i64], credits: i64) -> Result<Balance, OrderRefusal> {
        let rows: Vec<ExactRow> = nets
            .iter()
            .map(|net| ExactRow {
                net: *net,
                ..ExactRow::default()
            })
            .collect();
        let currency = "GBP".parse().expect("a currency");
        Balance::of(grand_total, &rows, ExactRow::default(), credits, &[], currency)
    }

    fn nets(balance: &Balance) -> Vec<i64> {
        balance.rows.iter().map(|row| row.net.minor()).collect()
    }

    #[test]
    fn thirds_of_a_pound_come_to_a_pound() {
        let thirds = balance(10_000, &[3_333, 3_333, 3_333], 0).expect("within the rounding");
        assert_eq!(nets(&thirds), [34, 33, 33]);
        let credited = balance(5_050, &[3_350, 3_350], 1_650).expect("within the rounding");
        assert_eq!(credited.credits.minor() + 51, nets(&credited).iter().sum::<i64>());
    }

    #[test]
    fn only_fractions_give_room() {
        assert!(balance(10_000, &[3_300, 3_300, 3_300], 0).is_err());
        assert!(balance(10_000, &[3_300, 3_300, 3_400], 0).is_ok());
        assert!(balance(10_050, &[3_300, 3_300, 3_400], 0).is_err());
        assert!(balance(10_000, &[3_333, 3_300, 3_200], 0).is_err());
        let refusal = balance(10_100, &[9_900], 0).expect_err("a difference of two pence");
        assert_eq!(
            refusal.to_string(),
            "grand_total is not what items, shipping and credits come to, 0.99, and no other field explains the \
             difference (`1.01`)"
        );
    }

    #[test]
    fn huge_parts_are_refused_before_they_are_added() {
        assert!(balance(0, &[LARGEST_AMOUNT, LARGEST_AMOUNT], 0).is_err());
    }
}
