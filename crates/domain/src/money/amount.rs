//! Amounts in minor units with their currency. A sum can fail, so the type has no `+`.

use std::fmt;

use thiserror::Error;

use crate::money::currency::Currency;
use crate::money::decimal::{DecimalError, parse_scaled};

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// The amounts of one sum have two currencies.
    #[error("{0} and {1} cannot be added")]
    CurrencyMismatch(Currency, Currency),
    /// The sum does not fit 64 bits of minor units.
    #[error("amount too large")]
    Overflow,
    /// The text is not a currency code of ISO 4217.
    #[error("`{0}` is not a currency")]
    UnknownCurrency(String),
    /// The text is not an amount.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
}

/// An amount: `minor` units (cents) of `currency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` units of `currency`: `Money::new(1500, usd)` is fifteen dollars.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Zero in `currency`.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads major units, `"15.00"`; refuses digits that the currency does not have.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Ok(Self::new(parse_scaled(text, currency.exponent())?, currency))
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in major units as a decimal number without symbol or separators: `-1234.50`, `1500` for `JPY`.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        if exponent == 0 {
            return format!("{sign}{magnitude}");
        }
        let width = usize::try_from(exponent).unwrap_or(2);
        format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
    }

    /// Whether the amount is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether the amount is above zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// The sum, if both amounts have one currency and the sum fits 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The difference, if both amounts have one currency and the difference fits 64 bits.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The smaller of two amounts of one currency.
    pub fn checked_min(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if other.minor < self.minor { other } else { self })
    }

    /// The amount with the opposite sign.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::new(self.minor.saturating_neg(), self.currency)
    }

    /// The amount, or zero if the amount is below zero.
    #[must_use]
    pub fn or_zero(self) -> Self {
        Self::new(self.minor.max(0), self.currency)
    }

    /// The sum of `amounts`; zero in `currency` if there are none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }
}

/// Writes the amount as order comments print it: `$15.00` (`docs/contract.md` section 5.2).
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let magnitude = self.minor.unsigned_abs();
        let symbol = self.currency.symbol();
        write!(out, "{sign}{symbol}{}", group_thousands(magnitude / unit))?;
        if exponent > 0 {
            let width = usize::try_from(exponent).unwrap_or(2);
            write!(out, ".{:0width$}", magnitude % unit)?;
        }
        Ok(())
    }
}

fn group_thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The price of one unit in ten-thousandths of the major unit, kept as it was given.
///
/// Only item totals count in sums; a unit price is only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitPrice(i64);

impl UnitPrice {
    /// Makes a price from ten-thousandths of the major unit.
    #[must_use]
    pub fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }

    /// Reads major units with at most four decimals.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(text, 4).map(Self)
    }

    /// The price in ten-thousandths of the major unit.
    #[must_use]
    pub fn ten_thousandths(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    #[test]
    fn amounts_print_as_comments_show_them() {
        assert_eq!(usd(1500).to_string(), "$15.00");
        assert_eq!(usd(123_456_705).to_string(), "$1,234,567.05");
        let yen = Money::parse("1500", "JPY".parse().expect("a currency")).expect("an amount");
        assert_eq!(yen.minor(), 1500);
        assert_eq!(yen.to_string(), "¥1,500");
    }

    #[test]
    fn amounts_are_written_as_programs_read_them() {
        assert_eq!(usd(-123_456_705).to_decimal(), "-1234567.05");
        assert_eq!(usd(7).to_decimal(), "0.07");
        let yen = Money::new(1500, "JPY".parse().expect("a currency"));
        assert_eq!(yen.to_decimal(), "1500");
    }

    #[test]
    fn currencies_do_not_mix() {
        let eur = Money::new(1, "EUR".parse().expect("a currency"));
        assert!(matches!(
            usd(1).checked_add(eur),
            Err(MoneyError::CurrencyMismatch(..))
        ));
        assert_eq!(usd(i64::MAX).checked_add(usd(1)), Err(MoneyError::Overflow));
    }
}
