//! The fee that a shop keeps of the money that comes back when a buyer cancels.

use crate::cancellation::{CancellationReason, CancellationRules};
use crate::money::decimal::divide_half_up;
use crate::money::decimal::parse_scaled;
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};

/// The digits after the point of an amount and of a percentage.
const SCALE: u32 = 4;
/// One hundred percent, in ten-thousandths of a percent.
const WHOLE: i64 = 1_000_000;

/// The fee for canceling an order. All cancellations of an order together take it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeeRule {
    /// The shop keeps nothing.
    #[default]
    None,
    /// An amount in the order's currency, in ten-thousandths of its major unit.
    Fixed(i64),
    /// A part of the money that comes back, in ten-thousandths of a percent.
    Percent(i64),
}

impl FeeRule {
    /// Reads an amount such as `5.00`, a percentage such as `10%`, or an empty text for no fee; none where the text is
    /// another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::None);
        }
        let (number, make, most): (_, fn(i64) -> Self, _) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), Self::Percent, WHOLE),
            None => (text, Self::Fixed, 1_000_000 * 10_000),
        };
        let plain = number.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let value = parse_scaled(number, SCALE).ok().filter(|_| plain)?;
        (0..=most).contains(&value).then(|| make(value))
    }

    /// The fee for all money that comes back to the buyer: never more than that money.
    pub(crate) fn of(self, money: Money) -> Result<Money, MoneyError> {
        let currency = money.currency();
        let minor = match self {
            Self::None => 0,
            Self::Fixed(amount) => {
                let unit = 10_i128.pow(currency.exponent());
                i128::from(amount) * unit / 10_i128.pow(SCALE)
            }
            Self::Percent(part) => {
                divide_half_up(i128::from(money.minor()) * i128::from(part), i128::from(WHOLE))
            }
        };
        let fee = Money::new(i64::try_from(minor).map_err(|_| MoneyError::Overflow)?, currency);
        Ok(fee.checked_min(money)?.or_zero())
    }
}

impl CancellationRules {
    /// The fee rule for a cancellation by `actor` for `reason`; none of it for staff, nor where the seller is at fault.
    pub(crate) fn fee_for(&self, actor: &Actor, reason: Option<&CancellationReason>) -> FeeRule {
        self.fee_unless(reason.is_some_and(|it| it.rules.sellers_fault), actor)
    }

    /// The fee rule for a cancellation by `actor`; none of it for staff, nor if the seller `is_at_fault`.
    pub(crate) fn fee_unless(&self, is_at_fault: bool, actor: &Actor) -> FeeRule {
        if actor.is_buyer() && !is_at_fault {
            self.fee
        } else {
            FeeRule::None
        }
    }
}

impl Order {
    /// The fee that the shop keeps of `refund`, after what it kept of earlier cancellations.
    ///
    /// The fee for all money of such cancellations is computed at once, and the fees before are taken off. So it does
    /// not matter for the buyer in how many parts an order is canceled.
    pub(crate) fn fee_kept_of(&self, refund: Money, rule: FeeRule) -> Result<Money, MoneyError> {
        let mut came_back = Money::zero(self.currency());
        let mut kept = came_back;
        for memo in &self.credit_memos {
            if let Some(fee) = memo.fee {
                kept = kept.checked_add(fee)?;
                came_back = came_back.checked_add(memo.grand_total)?.checked_add(fee)?;
            }
        }
        let fee = rule.of(came_back.checked_add(refund)?)?.checked_sub(kept)?;
        fee.or_zero().checked_min(refund)
    }

    /// The fees that the shop kept and that staff has not given back since. This money pays for no later refund.
    pub(crate) fn fees_still_kept(&self) -> Result<Money, MoneyError> {
        let fees = self.credit_memos.iter().filter_map(|memo| memo.fee);
        let fees = Money::sum(self.currency(), fees)?;
        let mut kept = Money::zero(self.currency());
        for memo in &self.credit_memos {
            let given = memo.adjustment.checked_sub(memo.prepaid)?;
            // What staff gave before a fee was kept gives none of that fee back.
            kept = kept.checked_sub(given)?.or_zero();
        }
        kept.checked_min(fees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("a currency"))
    }

    #[test]
    fn a_fee_is_an_amount_a_percentage_or_none() {
        for (text, rule) in [
            ("", FeeRule::None),
            ("5", FeeRule::Fixed(50_000)),
            ("5.00", FeeRule::Fixed(50_000)),
            ("2.5%", FeeRule::Percent(25_000)),
            ("100 %", FeeRule::Percent(1_000_000)),
        ] {
            assert_eq!(FeeRule::parse(text), Some(rule), "{text}");
        }
        for text in ["-1", "101%", "5 EUR", "%", "1e3", "+5", " 5"] {
            assert_eq!(FeeRule::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_fee_is_rounded_to_the_currency_and_never_above_the_money() {
        let fee = |text: &str, money| FeeRule::parse(text).expect("a rule").of(money).expect("a fee");
        assert_eq!(fee("5.00", eur(1999)), eur(500));
        assert_eq!(fee("5.00", eur(300)), eur(300));
        assert_eq!(fee("2.5%", eur(1999)), eur(50));
        assert_eq!(fee("100%", eur(1)), eur(1));
        let yen = |minor| Money::new(minor, "JPY".parse().expect("a currency"));
        assert_eq!(fee("150.75", yen(1000)), yen(150));
    }
}
