//! The four parts of the price of an item or of the shipping, which are always split in the same way.

use crate::money::decimal::divide_half_up;
use crate::money::{Currency, Money, MoneyError, Quantity};

/// The price of an item or of the shipping, in one currency.
///
/// `payable = net + tax + tax_compensation - discount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowMoney {
    /// The amount without tax, before the discount.
    pub net: Money,
    /// The tax on the amount that is paid.
    pub tax: Money,
    /// The tax that is contained in a tax-inclusive discount (Adobe's `discount_tax_compensation_amount`).
    pub tax_compensation: Money,
    /// The discount, as a positive amount.
    pub discount: Money,
}

impl RowMoney {
    /// Zero in each part.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self {
            net: zero,
            tax: zero,
            tax_compensation: zero,
            discount: zero,
        }
    }

    /// A price that has only a net amount.
    #[must_use]
    pub fn net(net: Money) -> Self {
        Self {
            net,
            ..Self::zero(net.currency())
        }
    }

    /// The amount that the buyer pays.
    pub fn payable(self) -> Result<Money, MoneyError> {
        self.including_tax()?.checked_sub(self.discount)
    }

    /// The net amount and the tax, before the discount.
    pub fn including_tax(self) -> Result<Money, MoneyError> {
        self.net.checked_add(self.tax)?.checked_add(self.tax_compensation)
    }

    /// The sum of each part.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, Money::checked_add)
    }

    /// The difference of each part.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, Money::checked_sub)
    }

    /// The sum of `rows`.
    pub fn sum(currency: Currency, rows: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        rows.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// The price of the units `from..to` of `whole`. Adjoining shares add up exactly, and no share is below zero.
    pub fn share(self, from: Quantity, to: Quantity, whole: Quantity) -> Result<Self, MoneyError> {
        self.share_until(to, whole)?
            .checked_sub(self.share_until(from, whole)?)
    }

    /// Whether every part is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::zero(self.net.currency())
    }

    /// Whether no part is below zero.
    #[must_use]
    pub fn is_non_negative(self) -> bool {
        [self.net, self.tax, self.tax_compensation, self.discount]
            .iter()
            .all(|part| part.minor() >= 0)
    }

    /// The price of the first `part` of `whole` units.
    ///
    /// The discount is divided in the same proportion as the rounded price before the
    /// discount. A discount that was rounded on its own could exceed the price of a
    /// unit, and a credit memo for that unit would ask the buyer for money.
    fn share_until(self, part: Quantity, whole: Quantity) -> Result<Self, MoneyError> {
        if part >= whole {
            return Ok(self);
        }
        let share = self.map(|money| money.share_until(part, whole));
        let (before, discount) = (self.including_tax()?.minor(), self.discount);
        if !(0..=before).contains(&discount.minor()) {
            return Ok(share);
        }
        let exact = i128::from(discount.minor()) * i128::from(share.including_tax()?.minor());
        let minor = divide_half_up(exact, i128::from(before));
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        let discount = Money::new(minor, discount.currency());
        Ok(Self { discount, ..share })
    }

    fn map(self, part: impl Fn(Money) -> Money) -> Self {
        Self {
            net: part(self.net),
            tax: part(self.tax),
            tax_compensation: part(self.tax_compensation),
            discount: part(self.discount),
        }
    }

    fn combine(
        self,
        other: Self,
        with: impl Fn(Money, Money) -> Result<Money, MoneyError>,
    ) -> Result<Self, MoneyError> {
        Ok(Self {
            net: with(self.net, other.net)?,
            tax: with(self.tax, other.tax)?,
            tax_compensation: with(self.tax_compensation, other.tax_compensation)?,
            discount: with(self.discount, other.discount)?,
        })
    }
}
