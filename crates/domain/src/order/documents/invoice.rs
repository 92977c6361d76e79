//! Invoices: what is billed, and in the same step what is captured.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{Order, OrderItem, OrderState};

/// A bill for a part of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Unique in the store.
    pub number: String,
    /// Billed rows.
    pub lines: Vec<InvoiceLine>,
    /// Billed shipping.
    pub shipping: RowMoney,
    /// What the buyer owes by it.
    pub grand_total: Money,
    /// Whether it was paid when it was made.
    pub paid: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A billed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Position of the order's row.
    pub item: i32,
    /// How much of it.
    pub quantity: Quantity,
    /// What that costs; zero on rows that only describe.
    pub money: RowMoney,
}

/// What staff asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceRequest {
    /// Quantities of top-level rows; empty for all that is left.
    pub lines: Vec<(i32, Quantity)>,
    /// Leave it open: nothing is paid yet.
    pub unpaid: bool,
}

/// Why no invoice, shipment or credit memo was made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentRefusal {
    /// The order's state does not allow it.
    #[error("an order in state `{0}` allows no such document")]
    State(OrderState),
    /// Nothing of the order is left for such a document.
    #[error("nothing is left to do")]
    NothingLeft,
    /// The order has no such row, or it is a part of another row.
    #[error("the order has no item `{0}`")]
    UnknownItem(i32),
    /// A quantity must be more than zero.
    #[error("the quantity of item `{0}` must be more than zero")]
    NotPositive(i32),
    /// More was asked for than is left.
    #[error("item `{item}` has {left} left, {asked} asked for")]
    TooMany {
        /// The row.
        item: i32,
        /// What was asked for.
        asked: Quantity,
        /// What is left.
        left: Quantity,
    },
    /// Something is invoiced and not paid; the invoice must be settled first.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// More money than was paid would flow back.
    #[error("the most money available to refund is {0}")]
    TooMuch(Money),
    /// A credit memo must pay something back, or give goods back.
    #[error("the credit memo's total must not be negative")]
    NegativeTotal,
    /// The amounts do not add up.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Order {
    /// The order with a new invoice for what `request` names; the first one carries all the shipping.
    pub fn invoice(&self, request: &InvoiceRequest, now: DateTime<Utc>) -> Result<Self, DocumentRefusal> {
        if !self.state.is_open() || self.state == OrderState::Complete {
            return Err(DocumentRefusal::State(self.state));
        }
        let lines = self.asked_lines(&request.lines, |item| item.quantities.to_invoice())?;
        let mut order = self.clone();
        let mut invoiced = Vec::new();
        for (position, quantity) in lines {
            let Some(item) = order.items.iter_mut().find(|item| item.position == position) else {
                continue;
            };
            let money = if item.counts {
                item.invoice_share(quantity)?
            } else {
                RowMoney::zero(item.currency())
            };
            item.quantities.invoiced = item.quantities.invoiced.plus(quantity);
            item.invoiced = item.invoiced.checked_add(money)?;
            invoiced.push(InvoiceLine {
                item: position,
                quantity,
                money,
            });
        }
        let shipping = order
            .shipping
            .ordered
            .checked_sub(order.shipping.invoiced)?
            .checked_sub(order.shipping.canceled)?;
        order.shipping.invoiced = order.shipping.invoiced.checked_add(shipping)?;
        let rows = RowMoney::sum(self.currency(), invoiced.iter().map(|line| line.money))?;
        let billed = rows.checked_add(shipping)?.payable()?;
        let left = self
            .totals
            .grand_total
            .checked_sub(self.totals.invoiced)?
            .checked_sub(self.totals.canceled)?;
        let grand_total = billed.checked_min(left)?;
        order.totals.invoiced = order.totals.invoiced.checked_add(grand_total)?;
        if !request.unpaid {
            let paid = order.totals.paid.unwrap_or(Money::zero(self.currency()));
            order.totals.paid = Some(paid.checked_add(grand_total)?);
            if grand_total.is_positive() {
                order.payment = order.payment.capture(grand_total, now)?;
            }
        }
        order.invoices.push(Invoice {
            number: self.document_number(self.invoices.len()),
            lines: invoiced,
            shipping,
            grand_total,
            paid: !request.unpaid,
            created_at: now,
        });
        order.settle_state(now);
        order.touched(now);
        Ok(order)
    }

    /// Checks asked quantities against what is `left`, or takes all that is left, and adds the children's.
    pub(crate) fn asked_lines(
        &self,
        asked: &[(i32, Quantity)],
        left: impl Fn(&OrderItem) -> Quantity,
    ) -> Result<Vec<(i32, Quantity)>, DocumentRefusal> {
        if asked.is_empty() {
            let all: Vec<_> = self
                .items
                .iter()
                .map(|item| (item.position, left(item)))
                .filter(|line| line.1.is_positive())
                .collect();
            return if all.is_empty() {
                Err(DocumentRefusal::NothingLeft)
            } else {
                Ok(all)
            };
        }
        let mut merged: Vec<(i32, Quantity)> = Vec::new();
        for &(position, quantity) in asked {
            let known = self.item(position).is_some_and(|item| item.parent.is_none());
            if !known {
                return Err(DocumentRefusal::UnknownItem(position));
            }
            if !quantity.is_positive() {
                return Err(DocumentRefusal::NotPositive(position));
            }
            match merged.iter_mut().find(|line| line.0 == position) {
                Some(line) => line.1 = line.1.plus(quantity),
                None => merged.push((position, quantity)),
            }
        }
        for &(position, quantity) in &merged {
            let Some(item) = self.item(position) else {
                return Err(DocumentRefusal::UnknownItem(position));
            };
            if quantity > left(item) {
                return Err(DocumentRefusal::TooMany {
                    item: position,
                    asked: quantity,
                    left: left(item),
                });
            }
        }
        Ok(self.with_children(&merged, left))
    }
}
