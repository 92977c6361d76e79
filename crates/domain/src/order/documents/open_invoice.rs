//! What becomes of an invoice that stayed open: its money arrives, or it is withdrawn. Afterwards the order is as if
//! the invoice had been paid at once, or had never been made.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Command, DocumentRefusal, Invoice, InvoiceState, Order, OrderItem};
use crate::transition::Transition;

/// The open invoices that a command is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenInvoiceRequest {
    /// The number of the invoice; none for every open invoice of the order.
    pub number: Option<String>,
    /// The payment provider's reference of the payment, where an invoice is paid by one. Without it, what is captured
    /// from an authorization has the reference of the authorization.
    pub reference: Option<String>,
}

impl Order {
    /// Records that open invoices are paid. The money that is missing counts as captured now.
    ///
    /// An order on hold or under payment review stays so.
    pub fn pay_invoice(
        &self,
        request: &OpenInvoiceRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if !self.state.allows(Command::PayInvoice) {
            return Err(DocumentRefusal::NotPaid(self.state));
        }
        let paid = self.chosen_open_invoices(request)?;
        Ok(self.with_paid(&paid, request.reference.clone(), actor, now)?)
    }

    /// Records that the shop which the order came from was paid `paid_there` in all: pays the open invoices that the
    /// part which is new covers, oldest first. An invoice is paid as a whole or not at all. None when no invoice is
    /// covered, or the state takes no payment.
    ///
    /// An order on hold takes the payment too, and stays on hold: the money has arrived, although staff waits for
    /// something else.
    pub fn pay_covered_invoices(
        &self,
        paid_there: Money,
        reference: Option<&str>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Option<Transition>, MoneyError> {
        let new = paid_there.checked_sub(self.paid_or_zero())?;
        if !self.state.allows(Command::PayInvoice) || !new.is_positive() {
            return Ok(None);
        }
        let paid = self.covered_by(self.covered_of_open()?.checked_add(new)?)?;
        if paid.is_empty() {
            return Ok(None);
        }
        let reference = reference.map(str::to_owned);
        self.with_paid(&paid, reference, actor, now).map(Some)
    }

    /// Withdraws open invoices: what they billed can be invoiced again, or canceled.
    ///
    /// The order returns to `new` or `pending_payment` if the shop has done nothing else for it.
    pub fn cancel_invoice(
        &self,
        request: &OpenInvoiceRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if !self.state.allows(Command::WithdrawInvoice) {
            return Err(DocumentRefusal::NotWithdrawn(self.state));
        }
        let withdrawn = self.chosen_open_invoices(request)?;
        let mut after = self.clone();
        for invoice in &withdrawn {
            after.unbook_invoice(invoice)?;
        }
        if after.refunds_more_than_it_bills()? {
            return Err(DocumentRefusal::InvoiceIsRefunded);
        }
        after.set_state_of(&withdrawn, InvoiceState::Canceled);
        // Money that was paid for a withdrawn invoice covers others.
        let rest = after.clone();
        let covered = rest.covered_by(rest.covered_of_open()?)?;
        after.set_state_of(&covered, InvoiceState::Paid);
        if after.is_untouched()? {
            after.enter(after.payment.kind.state_before_payment(), now);
        } else {
            after.settle_state(now)?;
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::InvoicesCanceled {
                numbers: numbers_of(&withdrawn),
                grand_total: self.sum_of(&withdrawn)?,
            },
        };
        Ok(Transition::new(after, event))
    }

    /// The invoices that wait for their payment, oldest first.
    pub fn open_invoices(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().filter(|invoice| invoice.is_open())
    }

    fn chosen_open_invoices(&self, request: &OpenInvoiceRequest) -> Result<Vec<&Invoice>, DocumentRefusal> {
        let is_chosen = |invoice: &&Invoice| request.number.as_ref().is_none_or(|it| *it == invoice.number);
        let chosen: Vec<_> = self.open_invoices().filter(is_chosen).collect();
        match (chosen.is_empty(), &request.number) {
            (false, _) => Ok(chosen),
            (true, None) => Err(DocumentRefusal::NoOpenInvoice),
            (true, Some(number)) => Err(DocumentRefusal::NotAnOpenInvoice(number.clone())),
        }
    }

    /// Whether something is left to do, and nothing is invoiced, paid, authorized, shipped or refunded.
    pub(crate) fn is_untouched(&self) -> Result<bool, MoneyError> {
        let authorized = self.payment.void_authorizations()?;
        let is_touched = |item: &OrderItem| {
            let q = item.quantities;
            [q.invoiced, q.shipped, q.refunded]
                .iter()
                .any(|units| units.is_positive())
        };
        let moved = self.totals.invoiced.is_positive()
            || self.totals.refunded.is_positive()
            || self.paid_or_zero().is_positive();
        let touched = moved || !authorized.is_empty() || self.items.iter().any(is_touched);
        Ok(!touched && self.remaining()?.has_work())
    }

    /// The change by which the open invoices `paid` are paid.
    fn with_paid(
        &self,
        paid: &[&Invoice],
        reference: Option<String>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let due = self.due_for(paid)?;
        let mut after = self.clone();
        after.set_state_of(paid, InvoiceState::Paid);
        after.totals.paid = Some(self.paid_or_zero().checked_add(due)?);
        if due.is_positive() {
            after.payment = after.payment.capture(due, reference.as_deref(), now)?;
        }
        after.settle_state(now)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::InvoicesPaid {
                numbers: numbers_of(paid),
                amount: due,
                reference,
            },
        };
        Ok(Transition::new(after, event))
    }

    /// The open invoices that `money` pays, oldest first, each as a whole.
    fn covered_by(&self, money: Money) -> Result<Vec<&Invoice>, MoneyError> {
        let mut left = money;
        let mut covered = Vec::new();
        for invoice in self.open_invoices() {
            if invoice.grand_total.checked_min(left)? == invoice.grand_total {
                left = left.checked_sub(invoice.grand_total)?;
                covered.push(invoice);
            }
        }
        Ok(covered)
    }

    /// The money that is missing for `invoices`.
    fn due_for(&self, invoices: &[&Invoice]) -> Result<Money, MoneyError> {
        let covered = self.covered_of_open()?;
        Ok(self.sum_of(invoices)?.checked_sub(covered)?.or_zero())
    }

    /// The part of the open invoices that is paid already: an imported order says how much was paid in all. That part
    /// counts for the invoices that are paid first.
    fn covered_of_open(&self) -> Result<Money, MoneyError> {
        let open: Vec<_> = self.open_invoices().collect();
        let unpaid = self.totals.invoiced.checked_sub(self.paid_or_zero())?.or_zero();
        Ok(self.sum_of(&open)?.checked_sub(unpaid)?.or_zero())
    }

    fn sum_of(&self, invoices: &[&Invoice]) -> Result<Money, MoneyError> {
        Money::sum(
            self.currency(),
            invoices.iter().map(|invoice| invoice.grand_total),
        )
    }

    fn paid_or_zero(&self) -> Money {
        self.totals.paid.unwrap_or(Money::zero(self.currency()))
    }

    fn set_state_of(&mut self, chosen: &[&Invoice], state: InvoiceState) {
        for invoice in &mut self.invoices {
            if chosen.iter().any(|it| it.number == invoice.number) {
                invoice.state = state;
            }
        }
    }

    /// Takes back what the invoice booked on items, other charges, shipping and totals.
    pub(crate) fn unbook_invoice(&mut self, invoice: &Invoice) -> Result<(), MoneyError> {
        for line in &invoice.lines {
            if let Some(item) = self.item_mut(line.item) {
                item.quantities.invoiced = item.quantities.invoiced.minus(line.quantity);
                item.invoiced = item.invoiced.checked_sub(line.money)?;
            }
        }
        for share in &invoice.other_charges {
            if let Some(charge) = self.other_charges.get_mut(share.charge) {
                charge.invoiced = charge.invoiced.checked_sub(share.amount)?;
            }
        }
        self.shipping.invoiced = self.shipping.invoiced.checked_sub(invoice.shipping)?;
        self.totals.invoiced = self.totals.invoiced.checked_sub(invoice.grand_total)?;
        Ok(())
    }

    fn refunds_more_than_it_bills(&self) -> Result<bool, MoneyError> {
        for item in &self.items {
            let left = item.invoiced.checked_sub(item.refunded)?;
            if item.quantities.refunded > item.quantities.invoiced || !left.is_non_negative() {
                return Ok(true);
            }
        }
        for charge in &self.other_charges {
            if charge.left_to_refund()?.minor() < 0 {
                return Ok(true);
            }
        }
        let shipping = self.shipping.invoiced.checked_sub(self.shipping.refunded)?;
        Ok(!shipping.is_non_negative())
    }
}

fn numbers_of(invoices: &[&Invoice]) -> Vec<String> {
    invoices.iter().map(|invoice| invoice.number.clone()).collect()
}
