//! Invoices: what is billed, and in the same step what is captured.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{Actor, Command, DocumentRefusal, Order};
use crate::transition::Transition;

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

impl Order {
    /// Bills what `request` names; the first invoice carries all the shipping.
    pub fn invoice(
        &self,
        request: &InvoiceRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if !self.state.allows(Command::Invoice) {
            return Err(DocumentRefusal::State(self.state));
        }
        let invoice = self.planned_invoice(request, now)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Invoiced {
                number: invoice.number.clone(),
                items: invoice
                    .lines
                    .iter()
                    .map(|line| (line.item, line.quantity))
                    .collect(),
                grand_total: invoice.grand_total,
                paid: invoice.paid,
            },
        };
        let mut after = self.clone();
        after.book_invoice(invoice, now)?;
        after.settle_state(now)?;
        Ok(Transition::new(after, event))
    }

    fn planned_invoice(
        &self,
        request: &InvoiceRequest,
        now: DateTime<Utc>,
    ) -> Result<Invoice, DocumentRefusal> {
        let mut lines = Vec::new();
        for (position, quantity) in
            self.document_lines(&request.lines, |item| item.quantities.to_invoice())?
        {
            let Some(item) = self.item(position) else { continue };
            let money = if item.counts {
                item.open_share(quantity)?
            } else {
                RowMoney::zero(item.currency())
            };
            lines.push(InvoiceLine {
                item: position,
                quantity,
                money,
            });
        }
        let (shipping, totals) = (&self.shipping, &self.totals);
        let shipping = shipping
            .ordered
            .checked_sub(shipping.invoiced)?
            .checked_sub(shipping.canceled)?;
        let rows = RowMoney::sum(self.currency(), lines.iter().map(|line| line.money))?;
        let billed = rows.checked_add(shipping)?.payable()?;
        let left = totals
            .grand_total
            .checked_sub(totals.invoiced)?
            .checked_sub(totals.canceled)?;
        Ok(Invoice {
            number: self.document_number(self.invoices.len()),
            lines,
            shipping,
            grand_total: billed.checked_min(left)?,
            paid: !request.unpaid,
            created_at: now,
        })
    }

    fn book_invoice(&mut self, invoice: Invoice, now: DateTime<Utc>) -> Result<(), MoneyError> {
        for line in &invoice.lines {
            if let Some(item) = self.item_mut(line.item) {
                item.quantities.invoiced = item.quantities.invoiced.plus(line.quantity);
                item.invoiced = item.invoiced.checked_add(line.money)?;
            }
        }
        let total = invoice.grand_total;
        self.shipping.invoiced = self.shipping.invoiced.checked_add(invoice.shipping)?;
        self.totals.invoiced = self.totals.invoiced.checked_add(total)?;
        if invoice.paid {
            let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
            self.totals.paid = Some(paid.checked_add(total)?);
            if total.is_positive() {
                self.payment = self.payment.capture(total, now)?;
            }
        }
        self.invoices.push(invoice);
        Ok(())
    }
}
