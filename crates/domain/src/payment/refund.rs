//! Divides a refund into money and credits.

use crate::money::{Money, MoneyError, RowMoney};
use crate::order::{Order, OtherCharge};

/// The parts of a refund: `money + credits + missing` is the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refund {
    /// The money that flows back: at most what was paid and not paid back.
    pub(crate) money: Money,
    /// Gift cards, store credit and points: at most what was used and not given back.
    pub(crate) credits: Money,
    /// The amount that neither money nor credits cover, because earlier goodwill gave it back already.
    pub(crate) missing: Money,
}

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

    /// Divides `value`: at most the `available` money first, then credits.
    pub(crate) fn refund_from(&self, value: Money, available: Money) -> Result<Refund, MoneyError> {
        let money = value.checked_min(available)?.or_zero();
        let rest = value.checked_sub(money)?.or_zero();
        let credits = rest.checked_min(self.credits_to_return()?)?;
        let missing = rest.checked_sub(credits)?;
        Ok(Refund {
            money,
            credits,
            missing,
        })
    }

    /// Gift cards, store credit and points that invoices used up and no credit memo gave back.
    pub(crate) fn credits_to_return(&self) -> Result<Money, MoneyError> {
        let currency = self.currency();
        let rows = RowMoney::sum(currency, self.counting_items().map(|item| item.invoiced))?;
        let value = rows
            .checked_add(self.shipping.invoiced)?
            .payable()?
            .checked_add(self.sum_of_charges(|charge| Ok(charge.invoiced))?)?;
        let used = value
            .checked_sub(self.totals.invoiced)?
            .checked_min(self.totals.credits)?;
        Ok(used.checked_sub(self.returned_credits()?)?.or_zero())
    }

    /// The price of the items, the shipping and the other charges that are invoiced and not refunded.
    pub(crate) fn worth_to_refund(&self) -> Result<Money, MoneyError> {
        let rows = self
            .counting_items()
            .map(|item| item.invoiced.checked_sub(item.refunded));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let shipping = self.shipping.invoiced.checked_sub(self.shipping.refunded)?;
        RowMoney::sum(self.currency(), rows)?
            .checked_add(shipping)?
            .payable()?
            .checked_add(self.sum_of_charges(OtherCharge::left_to_refund)?)
    }

    /// Gift cards, store credit and points that credit memos gave back.
    pub(crate) fn returned_credits(&self) -> Result<Money, MoneyError> {
        let memos = self.credit_memos.iter();
        Money::sum(self.currency(), memos.map(|memo| memo.credits))
    }
}
