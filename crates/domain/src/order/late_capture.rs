//! Money that a payment provider captured after its order was canceled: it is booked, and goes back. The order stays
//! canceled.

use chrono::{DateTime, Utc};

use crate::effect::Effect;
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, CreditMemo, Order, OrderState, SettledMatter, Settlement};
use crate::payment::{Charged, PaymentTransaction, TransactionKind};
use crate::transition::Transition;

/// Money that was captured after the order was canceled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateCapture {
    /// The provider's reference of the payment.
    pub payment: String,
    /// The position of the tender, from 0.
    pub tender: usize,
    /// How much was captured that the books do not have.
    pub amount: Money,
    /// What that is at the payment provider, where it charged the buyer in another currency.
    pub charged: Option<Money>,
    /// What staff reads about it.
    pub note: String,
}

impl Order {
    /// Whether `amount`, which was captured after the cancellation, can go back without a person: the order is canceled
    /// as a whole, keeps no money, and has been paid no more than it costs.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn refunds_late_capture(&self, amount: Money) -> Result<bool, MoneyError> {
        let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
        let beyond = paid.checked_add(amount)?.checked_sub(self.totals.grand_total)?;
        Ok(self.state == OrderState::Canceled
            && !self.is_canceled_at_channel()
            && self.refundable()?.is_zero()
            && !beyond.is_positive())
    }

    /// Books the captured money and a credit memo for it, and owes its refund.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn refund_late_capture(
        &self,
        capture: &LateCapture,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let (amount, zero) = (capture.amount, Money::zero(self.currency()));
        let memo = CreditMemo::adjustment_refund(self, amount, amount, now);
        let mut after = self.clone();
        after.totals.paid = Some(self.totals.paid.unwrap_or(zero).checked_add(amount)?);
        after.book_credit_memo(memo)?;
        let transaction = after.payment.transactions.len();
        after.payment.transactions.push(PaymentTransaction {
            kind: TransactionKind::Capture,
            tender: capture.tender,
            amount,
            charged: capture.charged.map(Charged::new),
            used: zero,
            owed: zero,
            abandoned: zero,
            outside: zero,
            reference: Some(capture.payment.clone()),
            created_at: now,
        });
        let refunds = vec![Effect::Refund { transaction, amount }];
        after.payment = after.payment.after(&refunds)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Settled(Settlement {
                matter: SettledMatter::LateCapture { amount },
                note: capture.note.clone(),
                reference: Some(capture.payment.clone()),
            }),
        };
        Ok(Transition::new(after, event).owing(refunds))
    }
}
