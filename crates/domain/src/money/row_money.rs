//! The four parts of the price of an item or of the shipping, which are always split in the same way.

use crate::money::rounding::{Fraction, apportion};
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

    /// What `part` of `whole` units cost: a share of the price, rounded half up, and each part of the price rounded up
    /// or down so that the parts add up to it.
    ///
    /// The price itself is rounded first. Parts that were rounded each on their own could make one unit two
    /// minor units dearer than the next one, or the discount on a unit larger than its price.
    pub fn share(self, part: Quantity, whole: Quantity) -> Result<Self, MoneyError> {
        let fraction = Fraction { part, whole };
        Ok(self.share_of(self.payable()?.share(part, whole), fraction))
    }

    /// The share that comes to `payable`, which is the exact share rounded up or down.
    pub(crate) fn share_of(self, payable: Money, fraction: Fraction) -> Self {
        let money = |minor| Money::new(minor, payable.currency());
        let signed = [
            self.net.minor(),
            self.tax.minor(),
            self.tax_compensation.minor(),
            self.discount.negated().minor(),
        ];
        match apportion(payable.minor(), &signed.map(|amount| (amount, fraction)))[..] {
            [net, tax, tax_compensation, discount] => Self {
                net: money(net),
                tax: money(tax),
                tax_compensation: money(tax_compensation),
                discount: money(discount).negated(),
            },
            _ => Self::net(payable),
        }
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
