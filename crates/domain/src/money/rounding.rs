//! How amounts are split and rounded, so that the parts add up to the whole.

use std::cmp::{Ordering, Reverse};

use crate::money::decimal::divide_half_up;
use crate::money::{Money, Quantity};

impl Money {
    /// What `part` of `whole` units cost, rounded half up.
    ///
    /// A sequence of documents takes each share of what the documents before left. So all of them add up to the amount
    /// to the minor unit, and two equal parts differ by one minor unit at most.
    #[must_use]
    pub fn share(self, part: Quantity, whole: Quantity) -> Self {
        Self::new(Fraction { part, whole }.rounded(self.minor()), self.currency())
    }

    /// `part` of `whole` equal parts, rounded down: what a number of days of a period costs.
    #[must_use]
    pub fn part_rounded_down(self, part: i64, whole: i64) -> Self {
        let whole = whole.max(1);
        let part = i128::from(part.clamp(0, whole));
        let exact = (i128::from(self.minor()) * part).div_euclid(i128::from(whole));
        Self::new(i64::try_from(exact).unwrap_or(self.minor()), self.currency())
    }
}

/// How much of an amount is taken: `part` of `whole` units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fraction {
    pub(crate) part: Quantity,
    pub(crate) whole: Quantity,
}

impl Fraction {
    fn takes_all(self) -> bool {
        self.part >= self.whole
    }

    /// The share of `amount`, rounded half up.
    fn rounded(self, amount: i64) -> i64 {
        if self.takes_all() {
            return amount;
        }
        let exact = i128::from(amount) * i128::from(self.part.scaled());
        i64::try_from(divide_half_up(exact, i128::from(self.whole.scaled()))).unwrap_or(amount)
    }

    /// The share of `amount`, rounded down, and the rest that was cut off.
    fn floored(self, amount: i64) -> (i64, Rest) {
        if self.takes_all() {
            return (amount, Rest { over: 0, of: 1 });
        }
        let (exact, of) = (
            i128::from(amount) * i128::from(self.part.scaled()),
            i128::from(self.whole.scaled()),
        );
        let floor = i64::try_from(exact.div_euclid(of)).unwrap_or(amount);
        let over = exact.rem_euclid(of);
        (floor, Rest { over, of })
    }
}

/// A fraction of a minor unit: `over` of `of`. Both have 60 bits at most.
#[derive(Debug, Clone, Copy)]
struct Rest {
    over: i128,
    of: i128,
}

impl Rest {
    fn compare(self, other: Self) -> Ordering {
        (self.over * other.of).cmp(&(other.over * self.of))
    }

    /// The fraction in parts of [`WHOLE_REST`].
    fn fixed(self) -> i128 {
        divide_half_up(self.over * WHOLE_REST, self.of)
    }
}

const WHOLE_REST: i128 = 1 << 40;

/// The sum of the shares of all `amounts` in minor units, rounded once, half up.
pub(crate) fn sum_of_shares(amounts: &[(i64, Fraction)]) -> i64 {
    let shares = amounts.iter().map(|(amount, fraction)| fraction.floored(*amount));
    let (floors, rests) = shares.fold((0_i64, 0_i128), |(floors, rests), (floor, rest)| {
        (floors.saturating_add(floor), rests + rest.fixed())
    });
    let rounded_rests = i64::try_from(divide_half_up(rests, WHOLE_REST)).unwrap_or(0);
    floors.saturating_add(rounded_rests)
}

/// The share of each amount in minor units, rounded up or down so that the shares add up to `total`.
///
/// Each share is rounded down. The missing minor units go to the shares with the largest rests, one each.
/// `total` is the sum of the exact shares, rounded up or down.
pub(crate) fn apportion(total: i64, amounts: &[(i64, Fraction)]) -> Vec<i64> {
    let shares: Vec<_> = amounts
        .iter()
        .map(|(amount, fraction)| fraction.floored(*amount))
        .collect();
    let mut rounded: Vec<i64> = shares.iter().map(|(floor, _)| *floor).collect();
    let floors = rounded
        .iter()
        .fold(0_i64, |sum, floor| sum.saturating_add(*floor));
    let missing = usize::try_from(total.saturating_sub(floors)).unwrap_or(0);
    let mut by_rest: Vec<usize> = (0..shares.len()).filter(|at| shares[*at].1.over > 0).collect();
    by_rest.sort_by(|one, other| shares[*other].1.compare(shares[*one].1));
    for at in by_rest.into_iter().take(missing) {
        rounded[at] = rounded[at].saturating_add(1);
    }
    rounded
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
    by_remainder.sort_by_key(|&index| Reverse(exact[index].rem_euclid(unit)));
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
    fn shares_of_what_is_left_add_up_to_the_row() {
        let mut left = usd(1000);
        let mut steps = Vec::new();
        for units in (1..=3).rev() {
            let share = left.share(Quantity::whole(1), Quantity::whole(units));
            left = left.checked_sub(share).expect("one currency");
            steps.push(share.minor());
        }
        assert_eq!(steps, vec![333, 334, 333]);
    }

    #[test]
    fn days_of_a_period_are_rounded_down() {
        assert_eq!(usd(10_000).part_rounded_down(146, 365), usd(4_000));
        assert_eq!(usd(100).part_rounded_down(2, 3), usd(66));
        assert_eq!(usd(100).part_rounded_down(0, 3), usd(0));
        assert_eq!(usd(100).part_rounded_down(5, 3), usd(100));
        assert_eq!(usd(100).part_rounded_down(-1, 0), usd(0));
        assert_eq!(usd(i64::MAX).part_rounded_down(1, 1), usd(i64::MAX));
    }

    #[test]
    fn shares_of_several_amounts_add_up_to_their_rounded_sum() {
        let third = Fraction {
            part: Quantity::whole(1),
            whole: Quantity::whole(3),
        };
        let half = Fraction {
            part: Quantity::whole(2),
            whole: Quantity::whole(4),
        };
        let all = Fraction {
            part: Quantity::whole(2),
            whole: Quantity::whole(2),
        };
        let amounts = [(100, third), (101, half), (-100, third), (7, all)];
        assert_eq!(sum_of_shares(&amounts), 58, "33.33 + 50.5 - 33.33 + 7");
        assert_eq!(apportion(58, &amounts), [33, 51, -33, 7]);
        assert_eq!(apportion(57, &amounts), [33, 50, -33, 7]);
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
