//! A refund that failed at its payment provider: other systems and staff are told of it at once.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};
use crate::payment::Payment;
use crate::payment::reversal::{ReversalEntry, ReversalRefusal, ReversalState};
use crate::transition::Transition;

/// A refund that failed at its payment provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRefund {
    /// The id of the obligation.
    pub refund: String,
    /// The position of the tender, from 0.
    pub tender: usize,
    /// The name of the account at the payment provider.
    pub account: String,
    /// How much did not reach the buyer.
    pub amount: Money,
    /// Why it failed.
    pub reason: RefundFailure,
    /// Whether the books said that the money was paid back; then it is owed again.
    pub was_refunded: bool,
}

/// Why a refund failed at its payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RefundFailure {
    /// The provider knows no such payment.
    UnknownPayment,
    /// All of the money went back already, by another way.
    NothingLeft,
    /// The buyer disputes the payment at the bank.
    Disputed,
    /// The provider refused the refund for another reason.
    Refused,
    /// The provider took the refund, and the money did not reach the buyer.
    Failed,
    /// The refund was canceled at the provider.
    Canceled,
}

impl RefundFailure {
    /// Why the refund of `entry` failed; none where it has not.
    #[must_use]
    pub fn of(entry: &ReversalEntry) -> Option<Self> {
        match entry.state {
            ReversalState::Due
            | ReversalState::Requested
            | ReversalState::Pending
            | ReversalState::RequiresAction
            | ReversalState::Succeeded => None,
            ReversalState::Canceled => Some(Self::Canceled),
            ReversalState::Failed => Some(match entry.refusal {
                None => Self::Failed,
                Some(ReversalRefusal::UnknownPayment) => Self::UnknownPayment,
                Some(ReversalRefusal::NothingLeft) => Self::NothingLeft,
                Some(ReversalRefusal::Disputed) => Self::Disputed,
                Some(ReversalRefusal::AlreadyCaptured | ReversalRefusal::Other) => Self::Refused,
            }),
        }
    }

    /// The code in events and rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The reason with `code`; none for another text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The reason as staff reads it.
    fn words(self) -> &'static str {
        match self {
            Self::UnknownPayment => "the provider knows no such payment",
            Self::NothingLeft => "nothing of the payment is left to be paid back",
            Self::Disputed => "the buyer disputes the payment at the bank",
            Self::Refused => "the provider refused the refund",
            Self::Failed => "the money did not reach the buyer",
            Self::Canceled => "the refund was canceled there",
        }
    }
}

impl FailedRefund {
    /// The failure in a few words, as staff reads it: `refund of $15.00 failed at the payment provider main: the provider
    /// refused the refund`.
    pub(crate) fn note(&self) -> String {
        let Self { amount, account, .. } = self;
        let again = if self.was_refunded {
            " after it had succeeded, and is owed again"
        } else {
            ""
        };
        let words = self.reason.words();
        format!("refund of {amount} failed at the payment provider {account}{again}: {words}")
    }
}

impl Payment {
    /// Owes `amount` of the transaction at index `transaction` again, which counted as moved.
    pub(crate) fn owe_again(&mut self, transaction: usize, amount: Money) -> Result<(), MoneyError> {
        if let Some(transaction) = self.transactions.get_mut(transaction) {
            transaction.owed = transaction.owed.checked_add(amount)?;
        }
        Ok(())
    }
}

impl Order {
    /// Tells that a refund of the transaction at index `transaction` failed. What counted as paid back is owed again. The
    /// caller makes sure that each failure is told once.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn fail_refund(
        &self,
        transaction: usize,
        failed: FailedRefund,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let mut after = self.clone();
        if failed.was_refunded {
            after.payment.owe_again(transaction, failed.amount)?;
        }
        let event = OrderEvent {
            actor: Actor::System,
            at: now,
            data: EventData::RefundFailed(failed),
        };
        Ok(Transition::new(after, event))
    }
}
