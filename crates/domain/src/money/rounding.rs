//! How amounts are split and rounded, so that the parts add up to the whole.

use crate::money::decimal::divide_half_up;
use crate::money::{Money, Quantity};

impl Money {
    /// What the first `part` of `whole` units of an item costs, rounded half up.
    ///
    /// Shares are differences of this function (`share_until(b) -
    /// share_until(a)`), so any sequence of them adds up to the whole item.
    #[must_use]
    pub fn share_until(self, part: Quantity, whole: Quantity) -> Self {
        if part >= whole {
            return self;
        }
        let share = divide_half_up(
            i128::from(self.minor()) * i128::from(part.scaled()),
            i128::from(whole.scaled()),
        );
        Self::new(i64::try_from(share).unwrap_or(self.minor()), self.currency())
    }
}

/// Rounds exact item amounts (ten-thousandths of the major unit) to minor units so that they add up to `total`.
///
/// Each item is rounded down. The missing minor units go to the items with the largest remainders, one each.
#[must_use]
pub fn round_rows_to(total: Money, exact: &[i64]) -> Vec<Money> {
    let currency = total.currency();
    let exponent = currency.exponent().min(4);
    let unit = 10_i64.pow(4 - exponent);
    let mut rows: Vec<i64> = exact.iter().map(|value| value.div_euclid(unit)).collect();
    let missing = total.minor() - rows.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    by_remainder.sort_by_key(|&index| std::cmp::Reverse(exact[index].rem_euclid(unit)));
    let steps = usize::try_from(missing.unsigned_abs()).unwrap_or(usize::MAX);
    for &index in by_remainder.iter().take(steps) {
        rows[index] += missing.signum();
    }
    rows.into_iter()
        .map(|minor| Money::new(minor, currency))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    #[test]
    fn shares_of_a_row_add_up_to_the_row() {
        let row = usd(1000);
        let three = Quantity::whole(3);
        let steps: Vec<i64> = (0..3)
            .map(|n| {
                row.share_until(Quantity::whole(n + 1), three).minor()
                    - row.share_until(Quantity::whole(n), three).minor()
            })
            .collect();
        assert_eq!(steps, vec![333, 334, 333]);
    }

    #[test]
    fn rows_with_fractions_of_a_penny_add_up_to_the_rounded_total() {
        let rows = round_rows_to(usd(301), &[10_050, 10_010, 10_030]);
        assert_eq!(
            rows.iter().map(|row| row.minor()).collect::<Vec<_>>(),
            vec![101, 100, 100]
        );
    }
}
