//! A void or a refund that failed at its payment provider: other systems and staff are told of it at once.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};
use crate::payment::Payment;
use crate::payment::reversal::{ReversalEntry, ReversalRefusal, ReversalState};
use crate::transition::Transition;

/// A void or a refund that failed at its payment provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedReversal {
    /// The id of the obligation.
    pub obligation: String,
    /// Whether captured money did not go back; false where a reserved amount was not released.
    pub is_refund: bool,
    /// The position of the tender, from 0.
    pub tender: usize,
    /// The name of the account at the payment provider.
    pub account: String,
    /// How much did not reach the buyer, or was not released.
    pub amount: Money,
    /// Why it failed.
    pub reason: ReversalFailure,
    /// Whether the books said that the money was paid back; then it is owed again. Always false for a void.
    pub was_refunded: bool,
    /// Whether others made the refund, at the payment provider. Always false for a void.
    pub is_by_others: bool,
    /// Who is told by mail.
    pub audience: FailureAudience,
}

/// Who is told by mail that a void or a refund failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailureAudience {
    /// The shop alone.
    #[default]
    Shop,
    /// The shop, and the buyer, to whom the refund counted as paid back.
    ShopAndBuyer,
}

/// Why a void or a refund failed at its payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReversalFailure {
    /// The provider knows no such payment.
    UnknownPayment,
    /// All of the money went back already, by another way.
    NothingLeft,
    /// The buyer disputes the payment at the bank.
    Disputed,
    /// The provider refused the void or the refund for another reason.
    Refused,
    /// The provider took the void or the refund, and did not carry it out, or the money came back.
    Failed,
    /// The void or the refund was canceled at the provider.
    Canceled,
}

impl ReversalFailure {
    /// Why the void or the refund of `entry` failed; none where it has not.
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
    fn words(self, is_refund: bool) -> &'static str {
        match (self, is_refund) {
            (Self::UnknownPayment, _) => "the provider knows no such payment",
            (Self::NothingLeft, true) => "nothing of the payment is left to be paid back",
            (Self::NothingLeft, false) => "nothing of the payment is left to be released",
            (Self::Disputed, _) => "the buyer disputes the payment at the bank",
            (Self::Refused, true) => "the provider refused the refund",
            (Self::Refused, false) => "the provider refused the void",
            (Self::Failed, true) => "the money did not reach the buyer",
            (Self::Failed, false) => "the provider did not carry it out",
            (Self::Canceled, true) => "the refund was canceled there",
            (Self::Canceled, false) => "the void was canceled there",
        }
    }
}

impl FailedReversal {
    /// The failure in a few words, as staff reads it: `refund of $15.00 failed at the payment provider main: the provider
    /// refused the refund`.
    pub(crate) fn note(&self) -> String {
        let Self { amount, account, .. } = self;
        let matter = if self.is_refund { "refund" } else { "void" };
        let (by, again) = match (self.is_by_others, self.was_refunded) {
            (true, _) => (" by others", " after it was booked, and is owed now"),
            (false, true) => ("", " after it had succeeded, and is owed again"),
            (false, false) => ("", ""),
        };
        let words = self.reason.words(self.is_refund);
        format!("{matter} of {amount}{by} failed at the payment provider {account}{again}: {words}")
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
    /// Tells that a void or a refund of the transaction at index `transaction` failed. What counted as paid back is owed
    /// again, and is not paid back by others any more. The caller makes sure that each failure is told once, and that a
    /// buyer is in its audience only if the refund counted as paid back. The buyer of an erased order gets no mail.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn fail_reversal(
        &self,
        transaction: usize,
        failed: FailedReversal,
        now: DateTime<Utc>,
    ) -> Result<Transition, MoneyError> {
        let mut after = self.clone();
        let mut mails = vec![Effect::Notify(Notice::MerchantReversalFailed { transaction })];
        if failed.audience == FailureAudience::ShopAndBuyer && !self.is_erased() {
            mails.push(Effect::Notify(Notice::RefundFailed { transaction }));
        }
        if failed.was_refunded {
            after.payment.owe_again(transaction, failed.amount)?;
        }
        if failed.is_by_others {
            after.payment.take_back_outside(transaction, failed.amount)?;
        }
        let event = OrderEvent {
            actor: Actor::System,
            at: now,
            data: EventData::ReversalFailed(failed),
        };
        Ok(Transition::new(after, event).owing(mails))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;

    #[test]
    fn a_void_and_a_refund_that_failed_are_told_by_their_own_kinds_and_words() {
        let failed = |is_refund, reason| FailedReversal {
            obligation: "o-1".into(),
            is_refund,
            tender: 0,
            account: "main".into(),
            amount: Money::new(1500, "USD".parse().expect("a currency")),
            reason,
            was_refunded: false,
            is_by_others: false,
            audience: FailureAudience::Shop,
        };
        for (is_refund, reason, kind, note) in [
            (
                true,
                ReversalFailure::Refused,
                EventKind::RefundFailed,
                "refund of $15.00 failed at the payment provider main: the provider refused the refund",
            ),
            (
                false,
                ReversalFailure::Refused,
                EventKind::VoidFailed,
                "void of $15.00 failed at the payment provider main: the provider refused the void",
            ),
            (
                false,
                ReversalFailure::Failed,
                EventKind::VoidFailed,
                "void of $15.00 failed at the payment provider main: the provider did not carry it out",
            ),
        ] {
            let data = EventData::ReversalFailed(failed(is_refund, reason));
            assert_eq!(data.kind(), kind);
            assert_eq!(data.note(), note);
        }
    }
}
