//! What a payment provider took in another currency than the order's, and how a part of the order's amount becomes a part
//! of that.
//!
//! A part is the difference of two rounded totals, `share(done + part) - share(done)`. So the parts add up to what the
//! provider took, to the minor unit, and the part that ends the transaction gets all that is left.

use super::PaymentTransaction;
use crate::money::decimal::divide_half_up;
use crate::money::{Currency, Money, MoneyError};

/// The amount of a transaction at its payment provider, in the currency in which the provider charged the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged {
    /// The whole amount of the transaction at the provider.
    pub amount: Money,
    /// How much of `amount` was captured, voided or refunded, or is to be.
    pub used: Money,
}

impl Charged {
    /// An amount at the provider of which nothing is used.
    #[must_use]
    pub fn new(amount: Money) -> Self {
        Self {
            amount,
            used: Money::zero(amount.currency()),
        }
    }

    /// The amount that is not used; never below zero.
    #[must_use]
    pub fn left(self) -> Money {
        let left = self.amount.minor().saturating_sub(self.used.minor());
        Money::new(left.max(0), self.amount.currency())
    }

    /// What `part` of a transaction over `whole` is at the provider, after `done` of `whole` is used: at least zero, and
    /// at most what is left.
    #[must_use]
    pub fn part(self, whole: Money, done: Money, part: Money) -> Money {
        let left = self.left();
        if !part.is_positive() {
            return Money::zero(left.currency());
        }
        let until = done.minor().saturating_add(part.minor());
        if until >= whole.minor() {
            return left;
        }
        let share = |of: i64| scaled(self.amount.minor(), of, whole.minor());
        let exact = share(until).saturating_sub(share(done.minor()));
        Money::new(exact.clamp(0, left.minor()), left.currency())
    }

    /// What `there` at the provider is in the books, after `done` of `whole` is used: at least zero, and at most what is
    /// left of `whole`. It is all of that where `there` is all that is left at the provider.
    #[must_use]
    pub fn in_books(self, whole: Money, done: Money, there: Money) -> Money {
        let left = whole.minor().saturating_sub(done.minor()).max(0);
        let until = self.used.minor().saturating_add(there.minor());
        let exact = if until >= self.amount.minor() {
            left
        } else {
            let total = scaled(whole.minor(), until, self.amount.minor());
            total.saturating_sub(done.minor()).clamp(0, left)
        };
        Money::new(exact, whole.currency())
    }

    /// What `other` is at the provider, by the rate of a transaction over `whole`.
    pub(crate) fn at_rate(self, whole: Money, other: Money) -> Money {
        let minor = scaled(self.amount.minor(), other.minor(), whole.minor());
        Money::new(minor, self.amount.currency())
    }
}

/// `part` of `of` of `amount`, rounded half up.
fn scaled(amount: i64, part: i64, of: i64) -> i64 {
    let exact = divide_half_up(i128::from(amount) * i128::from(part), i128::from(of));
    i64::try_from(exact).unwrap_or(i64::MAX)
}

impl PaymentTransaction {
    /// The amount of the transaction at its payment provider.
    #[must_use]
    pub fn at_provider(&self) -> Money {
        self.charged.map_or(self.amount, |it| it.amount)
    }

    /// How much of the transaction is used at its payment provider, or is to be.
    #[must_use]
    pub fn used_at_provider(&self) -> Money {
        self.charged.map_or(self.used, |it| it.used)
    }

    /// How much of the transaction is left at its payment provider.
    ///
    /// # Errors
    /// When the difference does not fit.
    pub fn left_at_provider(&self) -> Result<Money, MoneyError> {
        self.charged.map_or_else(|| self.remaining(), |it| Ok(it.left()))
    }

    /// The currency of the transaction at its payment provider.
    #[must_use]
    pub fn provider_currency(&self) -> Currency {
        self.at_provider().currency()
    }

    /// What `there`, an amount at the payment provider, is of the transaction in the books, at its rate; none where the
    /// transaction is over nothing in either currency.
    #[must_use]
    pub fn at_books_rate(&self, there: Money) -> Option<Money> {
        let Some(charged) = self.charged else {
            return Some(there);
        };
        let has_rate = self.amount.is_positive() && charged.amount.is_positive();
        has_rate.then(|| {
            let minor = scaled(self.amount.minor(), there.minor(), charged.amount.minor());
            Money::new(minor, self.amount.currency())
        })
    }

    /// Uses `part` of the transaction, in the books and at its payment provider. Gives what that is at the provider.
    pub(crate) fn take(&mut self, part: Money) -> Result<Money, MoneyError> {
        let there = self
            .charged
            .map_or(part, |it| it.part(self.amount, self.used, part));
        self.take_as(part, there)?;
        Ok(there)
    }

    /// Sets what is used at the payment provider as `used` tells it.
    pub(crate) fn use_charged_by_rate(&mut self) {
        if let Some(charged) = &mut self.charged {
            let unused = Charged::new(charged.amount);
            charged.used = unused.part(self.amount, Money::zero(self.amount.currency()), self.used);
        }
    }

    /// Uses `part` of the transaction in the books, which is `there` at its payment provider.
    pub(crate) fn take_as(&mut self, part: Money, there: Money) -> Result<(), MoneyError> {
        if let Some(charged) = &mut self.charged {
            charged.used = charged.used.checked_add(there)?;
        }
        self.used = self.used.checked_add(part)?;
        Ok(())
    }
}
