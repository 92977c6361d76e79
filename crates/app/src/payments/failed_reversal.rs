//! A void or a refund that fails at its payment provider is a change of the order, so that other systems and staff are
//! told of it. The change and the state at the provider are written in one transaction: each failure is told once.

use std::sync::Arc;

use countermand_domain::{
    FailedReversal, FailureAudience, Money, OrderId, Reversal, ReversalEntry, ReversalFailure, ReversalState,
    Shop,
};
use countermand_persistence::{
    ABANDONED, KeptReversalEntry, MET, NewReversalEntry, OwedReversal, ReopenedObligation,
};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::mails::refund_mail::is_told_of_refunds;
use crate::order_command::{Decision, OrderCommand};
use crate::viewer::Viewer;

/// A state of a void or a refund at its payment provider that is to be written down.
pub(super) struct NewState<'a> {
    pub(super) order: OrderId,
    pub(super) shop: &'a Arc<Shop>,
    /// The name of the account at the provider.
    pub(super) account: &'a str,
    pub(super) owed: OwedReversal,
    /// The void or the refund, with the states that are known.
    pub(super) reversal: &'a Reversal,
    pub(super) entry: ReversalEntry,
    /// The body of the request that is about to be sent; none in other states.
    pub(super) request_body: Option<String>,
}

impl App {
    /// Writes down a state of an open void or refund, and an event with it if the state is a failure. A void of captured
    /// money is none, because a refund follows. The answer is false if another worker was faster; then nothing is
    /// written.
    pub(super) async fn write_state(&self, new: &NewState<'_>) -> Result<bool, AppError> {
        let failure = ReversalFailure::of(&new.entry).filter(|_| !new.entry.turns_into_refund());
        match failure {
            Some(reason) => self.fail_reversal(new, reason, None).await,
            None => self.write_state_alone(new).await,
        }
    }

    /// Writes the state down without an event.
    pub(super) async fn write_state_alone(&self, new: &NewState<'_>) -> Result<bool, AppError> {
        let NewReversalEntry { kept, known } = new.row();
        Ok(self.database().append_reversal_entry(&kept, known).await?)
    }

    /// Writes down that a void or a refund failed, with the event that tells it. `reopens` is the obligation that counted
    /// as met until now. The answer is false if another worker was faster; then nothing is written.
    pub(super) async fn fail_reversal(
        &self,
        new: &NewState<'_>,
        reason: ReversalFailure,
        reopens: Option<ReopenedObligation>,
    ) -> Result<bool, AppError> {
        let Some(viewer) = Viewer::of_system(new.shop, new.order) else {
            // The store view of the order is gone, and its orders change no more.
            return self.write_state_alone(new).await;
        };
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let changed = self.change_order::<UserError, _, _, _>(&command, new.order, |subject| {
            let reopens = reopens.clone();
            async move {
                // The order was read before: if another worker tells the failure after this look, this write is a conflict.
                self.check_is_news(new, reopens.is_some()).await?;
                let payment = &subject.order.payment;
                let failed = FailedReversal {
                    obligation: new.reversal.obligation.clone(),
                    // One call may release or pay back. If it had succeeded and fails now, captured money came back.
                    is_refund: new.entry.call.operation.is_refund() || reopens.is_some(),
                    tender: payment
                        .tender_of(new.owed.transaction)
                        .map_or(0, |it| it.position),
                    account: new.account.to_owned(),
                    amount: Money::new(new.owed.amount, subject.order.currency()),
                    reason,
                    was_refunded: reopens.is_some(),
                    is_by_others: false,
                    audience: if reopens.is_some()
                        && new.counted_as_told()
                        && is_told_of_refunds(&subject.order, &subject.shop)
                    {
                        FailureAudience::ShopAndBuyer
                    } else {
                        FailureAudience::Shop
                    },
                };
                let change = subject
                    .order
                    .fail_reversal(new.owed.transaction, failed, self.now());
                let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
                Ok(Decision {
                    reopens,
                    provider_state: Some(new.row()),
                    ..Decision::from(transition)
                })
            }
        });
        // Boxed, because the steps of a void or a refund would contain it otherwise.
        match Box::pin(changed).await {
            Ok(_) => Ok(true),
            // Its end was told, so its state at the provider is for staff alone.
            Err(Failure::Refused(refusal)) if refusal.code == UserErrorCode::AlreadySettled => {
                self.write_state_alone(new).await
            }
            Err(Failure::Refused(_)) => Ok(false),
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Refuses a state that follows others than those that are known, one of a void or a refund that has ended, and to
    /// open what is open already.
    async fn check_is_news(&self, new: &NewState<'_>, reopens: bool) -> Result<(), Failure<UserError>> {
        let obligation = new.reversal.obligation.as_str();
        let (row, kept) = self.database().obligation_with_states(obligation).await?;
        let state = row.map_or_else(|| MET.to_owned(), |row| row.state);
        if kept.len() != new.reversal.entries.len() || (reopens && state != MET) {
            let message = "a worker is at it";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        }
        if !reopens && [MET, ABANDONED].contains(&state.as_str()) {
            let message = "the void or the refund has ended";
            return Err(UserError::about("id", UserErrorCode::AlreadySettled, message).into());
        }
        Ok(())
    }
}

impl NewState<'_> {
    /// Whether the program told buyers that this money was paid back: a refund that succeeded and was booked. Money that
    /// others moved in its place, and captured money that came back in place of a void, is told by no mail.
    fn counted_as_told(&self) -> bool {
        let last = self.reversal.entries.last();
        self.reversal.owed.is_refund() && last.is_some_and(|entry| entry.state == ReversalState::Succeeded)
    }

    fn row(&self) -> NewReversalEntry {
        NewReversalEntry {
            kept: KeptReversalEntry {
                obligation: self.reversal.obligation.clone(),
                account: self.account.to_owned(),
                entry: self.entry.clone(),
                request_body: self.request_body.clone(),
            },
            known: self.reversal.entries.len(),
        }
    }
}
