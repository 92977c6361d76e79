//! Other charges of an order: money that is part of the grand total, and neither the price of an item nor of the
//! shipping. Examples are a fixed product tax, gift wrapping and the fee of a payment method.

use crate::money::{Money, MoneyError};
use crate::order::{ItemPosition, Order};

/// A charge of an order beside its items and its shipping.
///
/// A charge on an item goes with the units of the item. A charge on the whole order is billed with the first invoice,
/// and is refunded with the last unit or canceled with the rest of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCharge {
    /// The field that the charge came from, such as `mollie_payment_fee`.
    pub code: String,
    /// The name that people read, such as `Payment fee`.
    pub label: String,
    /// The item that the charge is on; none for a charge on the whole order.
    pub item: Option<ItemPosition>,
    /// The whole charge.
    pub ordered: Money,
    /// The part of the charge that is invoiced.
    pub invoiced: Money,
    /// The part of the charge that is refunded.
    pub refunded: Money,
    /// The part of the charge that is canceled.
    pub canceled: Money,
}

/// A credit of an extension that the order used. Its amount is contained in
/// [`Totals::credits`](crate::Totals::credits).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCredit {
    /// The field that the credit came from, such as `amstorecredit_amount`.
    pub code: String,
    /// The name that people read, such as `Store credit`.
    pub label: String,
    /// The amount, above zero.
    pub amount: Money,
}

/// The part of a charge that an invoice bills, or that a credit memo gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeShare {
    /// Index of the charge in [`Order::other_charges`].
    pub charge: usize,
    /// The amount, above zero.
    pub amount: Money,
}

impl ChargeShare {
    /// The shares of an order's charges, of which `amounts` has one each; charges of which nothing is taken have none.
    pub(crate) fn of_amounts(amounts: Vec<Money>) -> Vec<Self> {
        let shares = amounts.into_iter().enumerate();
        let shares = shares.map(|(charge, amount)| Self { charge, amount });
        shares.filter(|share| share.amount.is_positive()).collect()
    }
}

impl OtherCharge {
    /// A charge of which nothing is invoiced, refunded or canceled yet.
    #[must_use]
    pub fn new(code: &str, label: &str, item: Option<ItemPosition>, ordered: Money) -> Self {
        let zero = Money::zero(ordered.currency());
        Self {
            code: code.into(),
            label: label.into(),
            item,
            ordered,
            invoiced: zero,
            refunded: zero,
            canceled: zero,
        }
    }

    /// The part that is neither invoiced nor canceled.
    pub fn left_to_invoice(&self) -> Result<Money, MoneyError> {
        self.ordered
            .checked_sub(self.invoiced)?
            .checked_sub(self.canceled)
    }

    /// The part that is invoiced and not refunded.
    pub fn left_to_refund(&self) -> Result<Money, MoneyError> {
        self.invoiced.checked_sub(self.refunded)
    }
}

/// The part of the charges on the whole order that goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithOrderCharges {
    /// The charges on the whole order go along.
    Yes,
    /// Only charges on items go along.
    No,
}

impl Order {
    /// The sum of all other charges.
    pub fn charged(&self) -> Result<Money, MoneyError> {
        self.sum_of_charges(|charge| Ok(charge.ordered))
    }

    /// The sum of what `part` gives for each charge.
    pub(crate) fn sum_of_charges(
        &self,
        part: impl Fn(&OtherCharge) -> Result<Money, MoneyError>,
    ) -> Result<Money, MoneyError> {
        let parts = self.other_charges.iter().map(part);
        Money::sum(self.currency(), parts.collect::<Result<Vec<_>, _>>()?)
    }

    /// All that is left of each charge.
    pub(crate) fn charges_left(
        &self,
        left: impl Fn(&OtherCharge) -> Result<Money, MoneyError>,
    ) -> Result<Vec<ChargeShare>, MoneyError> {
        let amounts = self.other_charges.iter().map(left);
        Ok(ChargeShare::of_amounts(amounts.collect::<Result<Vec<_>, _>>()?))
    }

    /// Books `shares` where `part` says.
    pub(crate) fn book_charges(
        &mut self,
        shares: &[ChargeShare],
        part: impl Fn(&mut OtherCharge) -> &mut Money,
    ) -> Result<(), MoneyError> {
        for share in shares {
            if let Some(charge) = self.other_charges.get_mut(share.charge) {
                let booked = part(charge);
                *booked = booked.checked_add(share.amount)?;
            }
        }
        Ok(())
    }

    /// The sum of `shares`.
    pub(crate) fn sum_of_shares(&self, shares: &[ChargeShare]) -> Result<Money, MoneyError> {
        Money::sum(self.currency(), shares.iter().map(|share| share.amount))
    }
}
