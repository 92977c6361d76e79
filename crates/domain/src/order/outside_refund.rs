//! Money that others paid back at the payment provider is booked, so that the order refunds only what is left there.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Currency, Money, MoneyError};
use crate::order::{Actor, CreditMemo, Order, SettledMatter, Settlement};
use crate::payment::{Payment, PaymentTransaction};
use crate::transition::Transition;

/// A refund that others made at the payment provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideRefund {
    /// The provider's reference of the payment.
    pub payment: String,
    /// How much was paid back.
    pub amount: Money,
    /// What that is at the payment provider, where it charged the buyer in another currency; none where the rate of the
    /// payment tells it.
    pub charged: Option<Money>,
    /// What staff reads about it.
    pub note: String,
    /// The provider's id of the refund; none where it names none.
    pub reference: Option<String>,
}

impl Payment {
    /// How much of the captures of the payment `reference` is left.
    fn left_of(&self, reference: &str, zero: Money) -> Result<Money, MoneyError> {
        let captures = self.transactions.iter();
        let mut captures = captures.filter(|it| it.is_capture_of(reference));
        captures.try_fold(zero, |left, it| left.checked_add(it.remaining()?))
    }

    /// What `there`, which others paid back at the payment provider of the payment `reference`, is in the books: of the
    /// last capture first, and at most what is left of the captures there.
    pub fn outside_in_books(&self, reference: &str, there: Money, zero: Money) -> Result<Money, MoneyError> {
        let (mut left, mut sum) = (there, zero);
        let captures = self.transactions.iter().rev();
        for capture in captures.filter(|it| it.is_capture_of(reference)) {
            let part = capture.left_at_provider()?.checked_min(left)?;
            let in_books = capture
                .charged
                .map_or(part, |it| it.in_books(capture.amount, capture.used, part));
            sum = sum.checked_add(in_books)?;
            left = left.checked_sub(part)?;
        }
        Ok(sum)
    }

    /// How much of the payment `reference` is paid back at its payment provider, or is to be, in the
    /// `currency` there.
    pub fn used_at_provider(&self, reference: &str, currency: Currency) -> Result<Money, MoneyError> {
        let captures = self.transactions.iter();
        let captures = captures.filter(|it| it.is_capture_of(reference));
        Money::sum(currency, captures.map(PaymentTransaction::used_at_provider))
    }

    /// The payment once others paid `amount` of the payment `reference` back, which is `charged` at the payment provider:
    /// from the last capture first.
    fn after_outside_refund(
        &self,
        reference: &str,
        amount: Money,
        mut charged: Option<Money>,
    ) -> Result<Self, MoneyError> {
        let mut payment = self.clone();
        let mut left = amount;
        let captures = payment.transactions.iter_mut().rev();
        for capture in captures.filter(|it| it.is_capture_of(reference)) {
            let part = capture.remaining()?.checked_min(left)?;
            match charged {
                Some(there) if capture.charged.is_some() => {
                    let of_capture = capture.left_at_provider()?.checked_min(there)?;
                    capture.take_as(part, of_capture)?;
                    charged = Some(there.checked_sub(of_capture)?);
                }
                Some(_) | None => {
                    capture.take(part)?;
                }
            }
            capture.outside = capture.outside.checked_add(part)?;
            left = left.checked_sub(part)?;
        }
        Ok(payment)
    }

    /// A capture of the payment `reference` of which others paid money back, by its index, and how much of `amount` that
    /// money is. None where others paid nothing back.
    pub fn paid_back_outside(
        &self,
        reference: &str,
        amount: Money,
    ) -> Result<Option<(usize, Money)>, MoneyError> {
        let transactions = self.transactions.iter().enumerate().rev();
        let mut captures =
            transactions.filter(|(_, it)| it.is_capture_of(reference) && it.outside.is_positive());
        let newest = captures.next();
        let part = newest.map(|(index, capture)| {
            let part = capture.outside.checked_min(amount);
            part.map(|part| (index, part))
        });
        part.transpose()
    }

    /// Says that `amount` of the capture at index `transaction` was not paid back by others.
    pub(super) fn take_back_outside(&mut self, transaction: usize, amount: Money) -> Result<(), MoneyError> {
        if let Some(capture) = self.transactions.get_mut(transaction) {
            capture.outside = capture.outside.checked_sub(amount)?;
        }
        Ok(())
    }
}

impl Order {
    /// How much of `amount`, which others paid back of the payment `reference`, the books can take: at most what was
    /// paid and not paid back, and what is left of the captures of that payment.
    pub fn bookable_outside_refund(&self, reference: &str, amount: Money) -> Result<Money, MoneyError> {
        let left = self.payment.left_of(reference, Money::zero(self.currency()))?;
        let bookable = amount.checked_min(left)?.checked_min(self.refundable()?)?;
        Ok(bookable.or_zero())
    }

    /// Books what others paid back by a credit memo for an amount alone; as much of it as the books can take.
    ///
    /// It is a fact, so each state allows it. The order keeps its state while work is left. The money of invoices goes
    /// first, then money that was paid without an invoice.
    pub fn book_outside_refund(
        &self,
        refund: &OutsideRefund,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let amount = self.bookable_outside_refund(&refund.payment, refund.amount)?;
        // Of a refund that the books take in part, the rate tells the part.
        let charged = refund.charged.filter(|_| amount == refund.amount);
        let of_invoices = self.refundable_of_invoices()?.or_zero();
        let prepaid = amount.checked_sub(of_invoices)?.or_zero();
        let memo = CreditMemo::adjustment_refund(self, amount, prepaid, now);
        let mut after = self.clone();
        after.book_credit_memo(memo)?;
        after.payment = after
            .payment
            .after_outside_refund(&refund.payment, amount, charged)?;
        if !self.state.is_over() && !after.remaining()?.has_work() {
            after.settle_state(now)?;
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Settled(Settlement {
                matter: SettledMatter::BookedOutside { amount },
                note: refund.note.clone(),
                reference: Some(refund.reference.as_ref().unwrap_or(&refund.payment).clone()),
            }),
        };
        Ok(Transition::new(after, event))
    }
}
