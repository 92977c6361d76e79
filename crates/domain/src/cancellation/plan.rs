//! What canceling a whole order does to its rows and its money, whoever asks and for whatever reason.

use chrono::{DateTime, Utc};

use crate::cancellation::CanceledItem;
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{CreditMemo, CreditMemoLine, Order, OrderItem, OrderState};
use crate::payment::PaymentKind;
use crate::payment::refund::Refund;

/// What canceling the whole order does to rows and money; terms and plan are both made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WholeOrderPlan {
    pub(crate) items: Vec<CanceledItem>,
    pub(crate) shipping_canceled: RowMoney,
    shipping_refunded: RowMoney,
    /// What the refunded rows and shipping are worth.
    refund_value: Money,
    refund: Refund,
    pub(crate) canceled_total: Money,
    is_free: bool,
}

impl WholeOrderPlan {
    /// Everything not invoiced is canceled, everything invoiced (hence paid) and not refunded is refunded.
    pub(crate) fn of(order: &Order) -> Result<Self, MoneyError> {
        let currency = order.currency();
        let mut items = Vec::with_capacity(order.items.len());
        for item in &order.items {
            items.push(CanceledItem::rest_of(item)?);
        }
        let shipping = &order.shipping;
        let mut shipping_refunded = shipping.invoiced.checked_sub(shipping.refunded)?;
        let rows = RowMoney::sum(currency, items.iter().map(|row| row.refunded_money))?;
        let refund_value = rows.checked_add(shipping_refunded)?.payable()?;
        if !refund_value.is_positive() {
            // No document is made, so none may be missing: units go back, money does not.
            shipping_refunded = RowMoney::zero(currency);
            for row in &mut items {
                row.refunded_money = RowMoney::zero(currency);
            }
        }
        let totals = &order.totals;
        Ok(Self {
            shipping_canceled: shipping
                .ordered
                .checked_sub(shipping.invoiced)?
                .checked_sub(shipping.canceled)?,
            shipping_refunded,
            refund_value,
            refund: order.refund_of(refund_value)?,
            canceled_total: totals
                .grand_total
                .checked_sub(totals.invoiced)?
                .checked_sub(totals.canceled)?,
            is_free: order.payment.kind == PaymentKind::Free,
            items,
        })
    }

    pub(crate) fn changes_nothing(&self) -> bool {
        !self
            .items
            .iter()
            .any(|row| row.canceled.is_positive() || row.refunded.is_positive())
            && !self.refund_value.is_positive()
    }

    pub(crate) fn refund_total(&self) -> Money {
        self.refund.money
    }

    pub(crate) fn quantity_of(&self, position: i32) -> Quantity {
        let row = self.items.iter().find(|row| row.item == position);
        row.map_or(Quantity::ZERO, |row| row.canceled.plus(row.refunded))
    }

    /// Canceled where something never was invoiced (or nothing was to be paid), closed where all was refunded
    /// (contract section 6.2).
    pub(crate) fn next_state(&self, order: &Order) -> OrderState {
        let cancels = self.items.iter().any(|row| row.canceled.is_positive());
        if cancels || self.is_free || order.totals.paid.is_none() {
            OrderState::Canceled
        } else {
            OrderState::Closed
        }
    }

    /// A free order needs no document: there is no money to account for.
    ///
    /// There is an adjustment only where staff gave goodwill before: what was given then is kept now.
    pub(crate) fn credit_memo(&self, order: &Order, now: DateTime<Utc>) -> Option<CreditMemo> {
        if !self.refund_value.is_positive() {
            return None;
        }
        let lines = self.items.iter().filter(|row| row.refunded.is_positive());
        let lines = lines.map(|row| CreditMemoLine {
            item: row.item,
            quantity: row.refunded,
            money: row.refunded_money,
        });
        Some(CreditMemo {
            number: order.document_number(order.credit_memos.len()),
            lines: lines.collect(),
            shipping: self.shipping_refunded,
            adjustment: self.refund.missing.negated(),
            grand_total: self.refund.money,
            credits: self.refund.credits,
            created_at: now,
        })
    }
}

impl CanceledItem {
    /// Whatever is left of `item`; the money of a row that only describes is told by other rows.
    fn rest_of(item: &OrderItem) -> Result<Self, MoneyError> {
        let quantities = item.quantities;
        let zero = RowMoney::zero(item.currency());
        let (canceled_money, refunded_money) = if item.counts {
            let open = item.ordered.checked_sub(item.invoiced)?;
            (
                open.checked_sub(item.canceled)?,
                item.invoiced.checked_sub(item.refunded)?,
            )
        } else {
            (zero, zero)
        };
        Ok(Self {
            item: item.position,
            canceled: quantities.to_cancel(),
            canceled_money,
            refunded: quantities.to_refund(),
            refunded_money,
        })
    }
}
