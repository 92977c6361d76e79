//! Invoices. An invoice bills items, and captures the money in the same step unless it stays open.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{
    Actor, ChargeShare, Command, DocumentRefusal, ItemPosition, Order, OrderItem, WithOrderCharges,
};
use crate::transition::Transition;

/// An invoice for an order or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The number, which is unique in the store view.
    pub number: String,
    /// The billed items.
    pub lines: Vec<InvoiceLine>,
    /// The billed shipping.
    pub shipping: RowMoney,
    /// The billed parts of other charges.
    pub other_charges: Vec<ChargeShare>,
    /// The amount that the buyer owes by the invoice.
    pub grand_total: Money,
    /// Whether the invoice is paid, waits for its payment, or was withdrawn.
    pub state: InvoiceState,
    /// When the invoice was made.
    pub created_at: DateTime<Utc>,
}

/// The states of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceState {
    /// The invoice waits for its payment.
    Open,
    /// The invoice is paid.
    Paid,
    /// The invoice was withdrawn before it was paid. It bills nothing any more.
    Canceled,
}

impl Invoice {
    /// Whether money is still to be paid for the invoice.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == InvoiceState::Open && self.grand_total.is_positive()
    }

    /// Whether the invoice counts: it was not withdrawn.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.state != InvoiceState::Canceled
    }
}

/// A billed item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The position of the item in the order.
    pub item: ItemPosition,
    /// How many units are billed.
    pub quantity: Quantity,
    /// The money of these units; zero for items whose money does not count.
    pub money: RowMoney,
}

/// The invoice that staff asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceRequest {
    /// Quantities of top-level items; empty for all that is left.
    pub lines: Vec<(ItemPosition, Quantity)>,
    /// Whether the invoice stays open because it is not paid yet.
    pub unpaid: bool,
    /// The payment provider's reference of the payment that pays the invoice. Without it, what is captured from an
    /// authorization has the reference of the authorization.
    pub reference: Option<String>,
}

impl Order {
    /// Makes an invoice for what `request` names; the first invoice bills all the shipping.
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
                paid: invoice.state == InvoiceState::Paid,
                reference: request.reference.clone(),
            },
        };
        let mut after = self.clone();
        after.book_invoice(invoice, request.reference.as_deref(), now)?;
        after.settle_state(now)?;
        Ok(Transition::new(after, event))
    }

    fn planned_invoice(
        &self,
        request: &InvoiceRequest,
        now: DateTime<Utc>,
    ) -> Result<Invoice, DocumentRefusal> {
        let left = |item: &OrderItem| item.quantities.to_invoice();
        let named = self.document_lines(&request.lines, left, |item| item.counts)?;
        // The first invoice bills the charges on the whole order, as it does with the shipping.
        let money = self.money_to_bill(&named, WithOrderCharges::Yes)?;
        let lines = named.iter().zip(money.rows);
        let lines: Vec<_> = lines
            .map(|(&(item, quantity), money)| InvoiceLine {
                item,
                quantity,
                money,
            })
            .collect();
        let other_charges = money.charges;
        let shipping = &self.shipping;
        let shipping = shipping
            .ordered
            .checked_sub(shipping.invoiced)?
            .checked_sub(shipping.canceled)?;
        let rows = RowMoney::sum(self.currency(), lines.iter().map(|line| line.money))?;
        let billed = rows
            .checked_add(shipping)?
            .payable()?
            .checked_add(self.sum_of_shares(&other_charges)?)?;
        let left = self.left_to_bill()?;
        let grand_total = billed.checked_min(left)?;
        let prepaid = self.prepaid()?;
        // An invoice that asks for no money never waits for a payment.
        let is_covered = grand_total.checked_min(prepaid)? == grand_total;
        let stays_open = request.unpaid && !is_covered;
        Ok(Invoice {
            number: self.document_number(self.invoices.len()),
            lines,
            shipping,
            other_charges,
            grand_total,
            state: if stays_open {
                InvoiceState::Open
            } else {
                InvoiceState::Paid
            },
            created_at: now,
        })
    }

    fn book_invoice(
        &mut self,
        invoice: Invoice,
        reference: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), MoneyError> {
        for line in &invoice.lines {
            if let Some(item) = self.item_mut(line.item) {
                item.quantities.invoiced = item.quantities.invoiced.plus(line.quantity);
                item.invoiced = item.invoiced.checked_add(line.money)?;
            }
        }
        self.book_charges(&invoice.other_charges, |charge| &mut charge.invoiced)?;
        let total = invoice.grand_total;
        // Money that was paid before pays the invoice first, and is not captured again.
        let due = total.checked_sub(total.checked_min(self.prepaid()?)?)?;
        self.shipping.invoiced = self.shipping.invoiced.checked_add(invoice.shipping)?;
        self.totals.invoiced = self.totals.invoiced.checked_add(total)?;
        if invoice.state == InvoiceState::Paid {
            let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
            self.totals.paid = Some(paid.checked_add(due)?);
            if due.is_positive() {
                self.payment = self.payment.capture(due, reference, now)?;
            }
        }
        self.invoices.push(invoice);
        Ok(())
    }
}
