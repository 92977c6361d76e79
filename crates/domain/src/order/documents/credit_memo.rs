//! Credit memos: what is given back, as a document.

use chrono::{DateTime, Utc};

use crate::money::{Money, Quantity, RowMoney};
use crate::order::{Comment, DocumentRefusal, Order};
use crate::payment::Reversal;

/// The document of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemo {
    /// Unique in the store.
    pub number: String,
    /// Refunded rows.
    pub lines: Vec<CreditMemoLine>,
    /// Refunded shipping.
    pub shipping: RowMoney,
    /// What staff gave on top (positive) or kept (negative).
    pub adjustment: Money,
    /// Money that flows back.
    pub grand_total: Money,
    /// Gift cards, store credit and points that come back instead.
    pub credits: Money,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A refunded row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemoLine {
    /// Position of the order's row.
    pub item: i32,
    /// How much of it.
    pub quantity: Quantity,
    /// What that comes to; zero on rows that only describe.
    pub money: RowMoney,
}

/// What staff asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemoRequest {
    /// Quantities of top-level rows; empty for all that is left.
    pub lines: Vec<(i32, Quantity)>,
    /// Whether the shipping is refunded too.
    pub refund_shipping: bool,
    /// Given on top (positive) or kept (negative), in the order's currency.
    pub adjustment: Money,
}

impl Order {
    /// The order with a new credit memo, and the reversals it asks for.
    pub fn credit(
        &self,
        request: &CreditMemoRequest,
        now: DateTime<Utc>,
    ) -> Result<(Self, Vec<Reversal>), DocumentRefusal> {
        if !self.state.is_open() || self.totals.paid.is_none() {
            return Err(DocumentRefusal::State(self.state));
        }
        if self.has_open_invoice()? {
            return Err(DocumentRefusal::OpenInvoice);
        }
        let lines = self.asked_lines(&request.lines, |item| item.quantities.to_refund())?;
        let mut refunded = Vec::new();
        for (position, quantity) in lines {
            let Some(item) = self.item(position) else { continue };
            let money = if item.counts {
                item.refund_share(quantity)?
            } else {
                RowMoney::zero(item.currency())
            };
            refunded.push(CreditMemoLine {
                item: position,
                quantity,
                money,
            });
        }
        let shipping = if request.refund_shipping {
            self.shipping.invoiced.checked_sub(self.shipping.refunded)?
        } else {
            RowMoney::zero(self.currency())
        };
        let rows = RowMoney::sum(self.currency(), refunded.iter().map(|line| line.money))?;
        let value = rows
            .checked_add(shipping)?
            .payable()?
            .checked_add(request.adjustment)?;
        if value.minor() < 0 {
            return Err(DocumentRefusal::NegativeTotal);
        }
        let refund = self.refund_of(value)?;
        // Goodwill is paid in money: it must not turn credits into more than they were.
        if refund.missing.is_positive() || (request.adjustment.is_positive() && refund.credits.is_positive())
        {
            return Err(DocumentRefusal::TooMuch(self.refundable()?.or_zero()));
        }
        let memo = CreditMemo {
            number: self.document_number(self.credit_memos.len()),
            lines: refunded,
            shipping,
            adjustment: request.adjustment,
            grand_total: refund.money,
            credits: refund.credits,
            created_at: now,
        };
        let reversals = self.payment.refund(refund.money)?;
        let mut order = self.credited(&memo, &reversals)?;
        order.settle_state(now);
        order.comments.push(refund_comment(&order, &memo, now));
        order.touched(now);
        Ok((order, reversals))
    }

    /// The order with `memo` booked: rows, shipping, totals, transactions. State and history are the caller's.
    pub(crate) fn credited(
        &self,
        memo: &CreditMemo,
        reversals: &[Reversal],
    ) -> Result<Self, DocumentRefusal> {
        let mut order = self.clone();
        for line in &memo.lines {
            if let Some(item) = order.items.iter_mut().find(|item| item.position == line.item) {
                item.quantities.refunded = item.quantities.refunded.plus(line.quantity);
                item.refunded = item.refunded.checked_add(line.money)?;
            }
        }
        order.shipping.refunded = order.shipping.refunded.checked_add(memo.shipping)?;
        order.totals.refunded = order.totals.refunded.checked_add(memo.grand_total)?;
        order.payment = order.payment.after(reversals);
        order.credit_memos.push(memo.clone());
        Ok(order)
    }
}

/// `We refunded $15.00 offline.`, for staff only (contract section 5.2).
///
/// "Offline" is what it is, for online payments too: the document is made here, the money is owed by a
/// [`Reversal`] until a provider confirms it.
pub(crate) fn refund_comment(order: &Order, memo: &CreditMemo, now: DateTime<Utc>) -> Comment {
    Comment {
        text: format!(
            "We refunded {} offline.",
            order.in_base_currency(memo.grand_total)
        ),
        status: order.status.clone(),
        visible_on_front: false,
        customer_notified: Some(false),
        created_at: now,
    }
}
