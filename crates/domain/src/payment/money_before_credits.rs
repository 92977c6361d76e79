//! Divides a refund into money and credits: the money that was paid goes back first, then gift cards, store credit and
//! points. How the money is divided among the tenders stands in `refund_split.rs`.

use crate::money::{Money, MoneyError, RowMoney};
use crate::order::Order;

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

    /// Gift cards, store credit and points that credit memos gave back.
    pub(crate) fn returned_credits(&self) -> Result<Money, MoneyError> {
        let memos = self.credit_memos.iter();
        Money::sum(self.currency(), memos.map(|memo| memo.credits))
    }
}
