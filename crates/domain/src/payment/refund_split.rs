//! In which order the tenders of an order are paid back, and how a refund is divided among them. How much of a refund is
//! money stands in `money_before_credits.rs`.

use std::cmp::Ordering;

use strum::EnumString;

use super::{Payment, TransactionKind};
use crate::effect::Effect;
use crate::money::{Money, MoneyError};
use crate::shop::settings::Settings;

/// In which order the tenders of an order are paid back. Each gets at most what was captured of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundOrder {
    /// The capture that was made last is paid back first.
    #[default]
    LastCapturedFirst,
    /// Each tender is paid back in proportion to what was captured of it.
    InProportion,
}

impl RefundOrder {
    /// The order that `settings` name. A value that is not known counts as the default.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        settings.payment_refund_order.value.parse().unwrap_or_default()
    }
}

impl Payment {
    /// Refunds `amount` from the captures, as far as they go: in `order` among the tenders, and within a tender the last
    /// capture first. The effects stand in the sequence of the captures, the last one first.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn refund(&self, amount: Money, order: RefundOrder) -> Result<Vec<Effect>, MoneyError> {
        let mut owed = self.owed_by_tender(amount, order)?;
        let mut refunds = Vec::new();
        for (transaction, capture) in self.transactions.iter().enumerate().rev() {
            let pot = match order {
                RefundOrder::LastCapturedFirst => 0,
                RefundOrder::InProportion => capture.tender,
            };
            let Some(owed) = owed.get_mut(pot).filter(|owed| owed.is_positive()) else {
                continue;
            };
            if capture.kind != TransactionKind::Capture {
                continue;
            }
            let amount = capture.remaining()?.checked_min(*owed)?;
            if amount.is_positive() {
                refunds.push(Effect::Refund { transaction, amount });
                *owed = owed.checked_sub(amount)?;
            }
        }
        Ok(refunds)
    }

    /// How much each tender pays back of `amount`; one sum for all tenders where the captures decide.
    fn owed_by_tender(&self, amount: Money, order: RefundOrder) -> Result<Vec<Money>, MoneyError> {
        if order == RefundOrder::LastCapturedFirst {
            return Ok(vec![amount]);
        }
        let currency = amount.currency();
        let sums = (0..self.tender_count()).map(|position| {
            let of_tender = self.captures_of(position);
            let captured = Money::sum(currency, of_tender.clone().map(|it| it.amount))?;
            let used = Money::sum(currency, of_tender.map(|it| it.used))?;
            Ok::<_, MoneyError>(PaidBack::new(captured.minor(), used.minor()))
        });
        let shares = in_proportion(amount.minor(), &sums.collect::<Result<Vec<_>, _>>()?);
        Ok(shares
            .into_iter()
            .map(|share| Money::new(share, currency))
            .collect())
    }
}

/// How much of a tender was captured, and how much of that is paid back, in minor units.
#[derive(Debug, Clone, Copy)]
struct PaidBack {
    captured: u64,
    used: u64,
}

impl PaidBack {
    fn new(captured: i64, used: i64) -> Self {
        let captured = u64::try_from(captured).unwrap_or(0);
        Self {
            captured,
            used: u64::try_from(used).unwrap_or(0).min(captured),
        }
    }

    /// How many more units go back until the part that is paid back is `level` of `whole`, rounded to the nearest unit.
    fn units_to(self, level: u128, whole: u64) -> u64 {
        let doubled = level * u128::from(self.captured) / u128::from(whole);
        let reached = u64::try_from(doubled.div_ceil(2)).unwrap_or(self.captured);
        reached.min(self.captured).saturating_sub(self.used)
    }

    /// Whether this tender, of which `taken` more units went back, is further behind than `other`.
    fn compare(self, taken: u64, other: Self, other_taken: u64) -> Ordering {
        let next = |it: Self, taken: u64| 2 * u128::from(it.used + taken) + 1;
        let one = next(self, taken) * u128::from(other.captured);
        one.cmp(&(next(other, other_taken) * u128::from(self.captured)))
    }
}

/// How much of `amount` goes back by each tender, in minor units: as much as is left of all where that is less.
///
/// Each unit goes to the tender that is furthest behind its proportion: to the one with the smallest
/// `(2 * used + 1) / captured`, and of several to the last one. So the parts add up to the whole, no tender pays back
/// more than was captured of it, and several refunds divide like one refund of their sum. The units are not taken one
/// by one: the level up to which all tenders are paid back is looked for first.
fn in_proportion(amount: i64, tenders: &[PaidBack]) -> Vec<i64> {
    let amount = u128::from(u64::try_from(amount).unwrap_or(0));
    let largest = tenders.iter().map(|it| it.captured).max().unwrap_or(0).max(1);
    let units = |level: u128| tenders.iter().map(move |it| it.units_to(level, largest));
    let sum = |level: u128| units(level).map(u128::from).sum::<u128>();
    // At twice the largest capture, each tender is paid back as a whole.
    let (mut low, mut high) = (0, 2 * u128::from(largest) + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if sum(middle) <= amount {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut taken: Vec<u64> = units(low).collect();
    // One level more gives each tender at most one unit more.
    let missing = usize::try_from(amount.saturating_sub(sum(low))).unwrap_or(usize::MAX);
    let mut next: Vec<usize> = (0..tenders.len()).rev().collect();
    next.retain(|&at| tenders[at].used + taken[at] < tenders[at].captured);
    next.sort_by(|&one, &other| tenders[one].compare(taken[one], tenders[other], taken[other]));
    for at in next.into_iter().take(missing) {
        taken[at] += 1;
    }
    let signed = taken.into_iter().map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    signed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(amount: i64, tenders: &[(i64, i64)]) -> Vec<i64> {
        let tenders: Vec<_> = tenders
            .iter()
            .map(|(captured, used)| PaidBack::new(*captured, *used))
            .collect();
        in_proportion(amount, &tenders)
    }

    #[test]
    fn a_refund_is_divided_by_what_was_captured() {
        assert_eq!(shares(1_000, &[(3_000, 0), (1_000, 0)]), [750, 250]);
        assert_eq!(shares(1, &[(3_000, 0), (1_000, 0)]), [1, 0]);
        assert_eq!(
            shares(1, &[(1_000, 0), (1_000, 0)]),
            [0, 1],
            "of two equal ones the last"
        );
        assert_eq!(
            shares(100, &[(1, 0), (1, 0), (1, 0)]),
            [1, 1, 1],
            "no more than is left"
        );
        assert_eq!(shares(0, &[(1_000, 0)]), [0]);
        assert_eq!(shares(5, &[]), Vec::<i64>::new());
        assert_eq!(shares(5, &[(0, 0)]), [0]);
    }

    #[test]
    fn what_went_back_by_another_way_counts() {
        // Half of the first tender went back already, so the second one comes first.
        assert_eq!(shares(500, &[(1_000, 500), (1_000, 0)]), [0, 500]);
        assert_eq!(shares(700, &[(1_000, 500), (1_000, 0)]), [100, 600]);
        assert_eq!(shares(9_999, &[(1_000, 500), (1_000, 0)]), [500, 1_000]);
    }

    #[test]
    fn the_largest_amounts_are_divided() {
        let most = i64::MAX;
        assert_eq!(shares(most, &[(most, 0), (0, 0)]), [most, 0]);
        assert_eq!(shares(most, &[(most, 0), (most, 0)])[0], most / 2);
    }
}
