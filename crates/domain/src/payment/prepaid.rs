//! Money that was paid without an invoice: how much of it is left, and how much of it no invoice can take any more.

use crate::money::{Money, MoneyError};
use crate::order::Order;

impl Order {
    /// Money that was paid without an invoice, and not paid back.
    pub fn prepaid(&self) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.currency());
        let given_back = Money::sum(self.currency(), self.credit_memos.iter().map(|memo| memo.prepaid))?;
        let paid = self.totals.paid.unwrap_or(zero);
        let left = paid.checked_sub(self.totals.invoiced)?.checked_sub(given_back)?;
        Ok(left.checked_min(self.refundable()?)?.or_zero())
    }

    /// The part of the prepaid money that no later invoice can take: all of it once the order has ended.
    pub(crate) fn overpaid(&self) -> Result<Money, MoneyError> {
        if self.state.is_over() {
            return self.prepaid();
        }
        Ok(self.prepaid()?.checked_sub(self.left_to_bill()?)?.or_zero())
    }

    /// The money that was paid for invoices, and not paid back.
    pub(crate) fn refundable_of_invoices(&self) -> Result<Money, MoneyError> {
        self.refundable()?.checked_sub(self.prepaid()?)
    }
}
