//! Staff says that a matter which waited for a person is dealt with: money that the shop owed was moved by hand, or a
//! change in the shop that the order came from was looked at.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};
use crate::payment::reversal::ReversalOperation;
use crate::payment::{PaymentTransaction, TransactionKind};
use crate::transition::Transition;

/// A matter that staff dealt with, and what staff says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What was dealt with.
    pub matter: SettledMatter,
    /// What staff did, in the words of staff.
    pub note: String,
    /// The reference of the bank or the payment provider; none where there is none.
    pub reference: Option<String>,
}

/// What can be dealt with by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettledMatter {
    /// Captured money was paid back.
    Refund {
        /// Index of the capture in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much was paid back.
        amount: Money,
    },
    /// Authorized money was released.
    Void {
        /// Index of the authorization in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much was released.
        amount: Money,
    },
    /// Staff looked at what the shop that the order came from did with it.
    UpstreamChange,
    /// A release of reserved money that counted as carried out was not, because the money was captured: it is owed again.
    /// Events of earlier versions tell a refund that failed after it had succeeded in this way, too.
    Returned {
        /// Index of the capture or the authorization in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much is owed again.
        amount: Money,
    },
    /// Money was paid back at the payment provider by another way, and the books cannot take it.
    RefundedOutside {
        /// How much was paid back.
        amount: Money,
    },
    /// Money was paid back at the payment provider by another way, and a credit memo books it.
    BookedOutside {
        /// How much was paid back.
        amount: Money,
    },
    /// Money was captured at the payment provider after the order was canceled: it is booked, and is paid back.
    LateCapture {
        /// How much was captured.
        amount: Money,
    },
    /// Staff ended a refund or a void that is not carried out.
    Abandoned {
        /// Whether a refund or a void was owed.
        reversal: ReversalOperation,
        /// Index of the capture or the authorization in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much is not moved.
        amount: Money,
    },
    /// The money of a refund or a void that staff had ended has moved after all.
    Adopted {
        /// Whether a refund or a void was owed.
        reversal: ReversalOperation,
        /// Index of the capture or the authorization in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much has moved.
        amount: Money,
    },
    /// Staff looked at what happened to the payment at the payment provider.
    PaymentProblem,
}

/// How far the refunds of an order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundProgress {
    /// Money that is to be paid back and was not paid out yet.
    pub on_its_way: Money,
    /// Money that was paid back.
    pub refunded: Money,
    /// Money that was to be paid back and is not, because staff ended the refund.
    pub not_refunded: Money,
}

impl Settlement {
    /// Whether it says that the program's refund with this `reference` of the payment provider paid `amount` of the capture
    /// at index `transaction` back.
    pub(crate) fn books_refund(&self, transaction: usize, amount: Money, reference: Option<&str>) -> bool {
        let paid_back = SettledMatter::Refund { transaction, amount };
        let adopted = SettledMatter::Adopted {
            reversal: ReversalOperation::Refund,
            transaction,
            amount,
        };
        [paid_back, adopted].contains(&self.matter) && self.reference.as_deref() == reference
    }
}

impl Order {
    /// Records that staff dealt with a matter. The caller makes sure that each matter is settled once.
    pub fn settle(
        &self,
        settlement: Settlement,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let mut after = self.clone();
        match settlement.matter {
            SettledMatter::Refund { transaction, amount } | SettledMatter::Void { transaction, amount } => {
                if let Some(transaction) = after.payment.transactions.get_mut(transaction) {
                    transaction.owed = transaction.owed.checked_sub(amount)?.or_zero();
                }
            }
            SettledMatter::Returned { transaction, amount } => {
                after.payment.owe_again(transaction, amount)?;
            }
            SettledMatter::Abandoned {
                transaction, amount, ..
            } => {
                if let Some(transaction) = after.payment.transactions.get_mut(transaction) {
                    transaction.owed = transaction.owed.checked_sub(amount)?.or_zero();
                    transaction.abandoned = transaction.abandoned.checked_add(amount)?;
                }
            }
            SettledMatter::Adopted {
                transaction, amount, ..
            } => {
                if let Some(transaction) = after.payment.transactions.get_mut(transaction) {
                    transaction.abandoned = transaction.abandoned.checked_sub(amount)?.or_zero();
                }
            }
            SettledMatter::UpstreamChange
            | SettledMatter::RefundedOutside { .. }
            | SettledMatter::BookedOutside { .. }
            | SettledMatter::LateCapture { .. }
            | SettledMatter::PaymentProblem => {}
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Settled(settlement),
        };
        Ok(Transition::new(after, event))
    }

    /// How much of the order's refunds was paid out, and how much was not.
    pub fn refund_progress(&self) -> Result<RefundProgress, MoneyError> {
        let captures = self.payment.transactions.iter();
        let captures = captures.filter(|it| it.kind == TransactionKind::Capture);
        RefundProgress::of(captures, self.totals.refunded)
    }
}

impl RefundProgress {
    /// How far the refunds of `captures` are, of which `decided` goes back in all.
    pub(crate) fn of<'a>(
        captures: impl Iterator<Item = &'a PaymentTransaction> + Clone,
        decided: Money,
    ) -> Result<Self, MoneyError> {
        let currency = decided.currency();
        let on_its_way = Money::sum(currency, captures.clone().map(|it| it.owed))?;
        let not_refunded = Money::sum(currency, captures.map(|it| it.abandoned))?;
        Ok(Self {
            on_its_way,
            refunded: decided.checked_sub(on_its_way)?.checked_sub(not_refunded)?,
            not_refunded,
        })
    }
}

impl SettledMatter {
    /// The matter in a few words, as staff reads it: `refund of $15.00`.
    #[must_use]
    pub fn note(self) -> String {
        match self {
            Self::Refund { amount, .. } => format!("refund of {amount}"),
            Self::Void { amount, .. } => format!("void of {amount}"),
            Self::UpstreamChange => "change in the shop that the order came from".into(),
            Self::Returned { amount, .. } => format!("return of {amount}"),
            Self::RefundedOutside { amount } => format!("refund of {amount} outside of the books"),
            Self::BookedOutside { amount } => format!("refund of {amount} by others"),
            Self::LateCapture { amount } => format!("late capture of {amount}"),
            Self::Abandoned { reversal, amount, .. } => format!("{} of {amount}", reversal.code()),
            Self::Adopted { reversal, amount, .. } => format!("abandoned {} of {amount}", reversal.code()),
            Self::PaymentProblem => "problem of a payment".into(),
        }
    }

    /// What became of the matter, as staff reads it: `settled`.
    pub(crate) fn participle(self) -> &'static str {
        match self {
            Self::Abandoned { .. } => "abandoned",
            Self::BookedOutside { .. } | Self::LateCapture { .. } => "booked",
            Self::Adopted { .. } => "carried out",
            Self::Refund { .. }
            | Self::Void { .. }
            | Self::UpstreamChange
            | Self::Returned { .. }
            | Self::RefundedOutside { .. }
            | Self::PaymentProblem => "settled",
        }
    }
}
