//! The base currency of an order's website: what the order and its documents are worth in it.
//!
//! Documents are not converted one by one, because their rounded amounts would come to another sum than the base total.
//! A document takes the difference between the base amounts of all documents with and without it.

use crate::money::decimal::divide_half_up;
use crate::money::{Money, MoneyError};
use crate::order::Order;

impl Order {
    /// The base amount of the invoice at `index`. The base amounts of all invoices that were not withdrawn add up, and
    /// come to the base total when the whole order is invoiced.
    pub fn base_amount_of_invoice(&self, index: usize) -> Result<Money, MoneyError> {
        let earlier = self.invoices.iter().take(index).filter(|it| it.counts());
        let invoice = self.invoices.iter().skip(index).take(1);
        self.base_amount_after(earlier.map(|it| it.grand_total), invoice.map(|it| it.grand_total))
    }

    /// The base amount of the credit memo at `index`. The base amounts of all credit memos add up, and come to the
    /// base total when the whole order is refunded.
    pub fn base_amount_of_credit_memo(&self, index: usize) -> Result<Money, MoneyError> {
        let earlier = self.credit_memos.iter().take(index);
        let memo = self.credit_memos.iter().skip(index).take(1);
        self.base_amount_after(earlier.map(|it| it.grand_total), memo.map(|it| it.grand_total))
    }

    /// The base amount of `document` after the documents in `earlier`.
    fn base_amount_after(
        &self,
        earlier: impl Iterator<Item = Money>,
        document: impl Iterator<Item = Money>,
    ) -> Result<Money, MoneyError> {
        let before = Money::sum(self.currency(), earlier)?;
        let with = before.checked_add(Money::sum(self.currency(), document)?)?;
        self.base_amount_until(with)?
            .checked_sub(self.base_amount_until(before)?)
    }

    /// The first `amount` of the grand total in the base currency, rounded half up.
    pub(crate) fn base_amount_until(&self, amount: Money) -> Result<Money, MoneyError> {
        let (grand, base) = (self.totals.grand_total, self.totals.base_grand_total);
        if grand.is_zero() {
            return Ok(Money::new(amount.minor(), base.currency()));
        }
        let exact = i128::from(amount.minor()) * i128::from(base.minor());
        let minor = divide_half_up(exact, i128::from(grand.minor()));
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(minor, base.currency()))
    }
}
