//! Staff says that a matter which waited for a person is dealt with: money that the shop owed was moved by hand, or a
//! change in the shop that the order came from was looked at.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};
use crate::payment::TransactionKind;
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
}

/// How far the refunds of an order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundProgress {
    /// Money that is to be paid back and was not paid out yet.
    pub on_its_way: Money,
    /// Money that was paid back.
    pub refunded: Money,
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
            SettledMatter::UpstreamChange => {}
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
        let on_its_way = Money::sum(self.currency(), captures.map(|it| it.owed))?;
        Ok(RefundProgress {
            on_its_way,
            refunded: self.totals.refunded.checked_sub(on_its_way)?,
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
        }
    }
}
