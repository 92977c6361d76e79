//! Says in the books of an order that its payment provider moved the money of a void or a refund, and tells the buyer
//! of a refund.

use countermand_domain::{FailureAudience, Money, ReversalOperation, SettledMatter, Settlement};
use countermand_persistence::{DatabaseError, Ending, SettledObligation};

use super::reversal_case::MovedMoney;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{Outcome, ending_of_met};
use crate::order_command::{Decision, OrderCommand};
use crate::viewer::Viewer;

impl App {
    /// Says in the books of the order that the money moved, once: of two workers, or a worker and staff, one books it.
    /// The mail about a refund is owed with the first booking of it, which may be that of a later success.
    pub(super) async fn book(&self, moved: &MovedMoney) -> Result<Outcome, AppError> {
        let Some(viewer) = Viewer::of_system(&moved.shop, moved.id) else {
            return Ok(Outcome::NeedsAttention {
                why: "the store view of the order does not exist any more".into(),
            });
        };
        let reference = moved
            .reversal
            .entries
            .last()
            .and_then(|entry| entry.reference.clone());
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let booked = self.change_order::<UserError, _, _, _>(&command, moved.id, |subject| {
            let (command, reference) = (&command, reference.clone());
            async move {
                // The order was read before, so a settlement or a failure that is told after this look changes its
                // version, which is a conflict.
                let obligation = moved.reversal.obligation.as_str();
                let (row, states) = self.database().obligation_with_states(obligation).await?;
                let ending = ending_of_met(row.as_ref())?;
                if states.len() != moved.reversal.entries.len() {
                    let message = "the payment provider said something else meanwhile";
                    return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
                }
                let transaction = moved.owed.transaction;
                let amount = Money::new(moved.owed.amount, subject.order.currency());
                let settled = SettledObligation {
                    id: moved.reversal.obligation.clone(),
                    receipt: reference.clone().unwrap_or_default(),
                    at: self.now(),
                    ending,
                };
                let mail = if moved.reversal.owed.is_refund() && !self.was_told(moved, amount).await? {
                    self.refund_mail(&subject, transaction, amount)?
                } else {
                    None
                };
                let settlement = Settlement {
                    matter: match (ending, moved.reversal.owed) {
                        (Ending::Adopted, reversal) => SettledMatter::Adopted {
                            reversal,
                            transaction,
                            amount,
                        },
                        (_, ReversalOperation::Void | ReversalOperation::Either) => {
                            SettledMatter::Void { transaction, amount }
                        }
                        (_, ReversalOperation::Refund) => SettledMatter::Refund { transaction, amount },
                    },
                    note: moved.note(),
                    reference,
                };
                let change = subject.order.settle(settlement, &command.actor, self.now());
                let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
                Ok(Decision {
                    settles: Some(settled),
                    owes: mail.into_iter().collect(),
                    ..Decision::from(transition)
                })
            }
        });
        match booked.await {
            Ok(_) => Ok(Outcome::Booked),
            Err(Failure::Refused(refusal)) if refusal.code == UserErrorCode::AlreadySettled => {
                Ok(Outcome::Booked)
            }
            Err(Failure::Refused(refusal)) if refusal.code == UserErrorCode::InProgress => {
                Ok(Outcome::Later { why: refusal.message })
            }
            Err(Failure::Refused(refusal)) => Ok(Outcome::NeedsAttention { why: refusal.message }),
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Whether the buyer was told of the refund before: it was carried out and booked, then the money came back, and now it
    /// is carried out again. A success that failed before it was booked was told to no buyer. Where the history makes no
    /// sense, the answer is false: the money has moved, so the books must say so, and a second mail does less harm than
    /// none. Where the database fails, nothing is booked yet, and the worker tries again. A buyer who was told of the failure
    /// meanwhile is told of the money again, so the answer is false for that buyer, too.
    async fn was_told(&self, moved: &MovedMoney, amount: Money) -> Result<bool, AppError> {
        if !moved.reversal.has_lost_success() {
            return Ok(false);
        }
        match self.was_told_last(moved, amount).await {
            Ok(was_told) => Ok(was_told),
            Err(DatabaseError::Corrupt(problem)) => {
                let order = moved.id.number();
                tracing::error!(%problem, order, "cannot read whether the buyer was told of a refund before");
                Ok(false)
            }
            Err(problem) => Err(problem.into()),
        }
    }

    /// Whether the history says that the refund was booked before, and that no mail told the buyer since that it failed.
    async fn was_told_last(&self, moved: &MovedMoney, amount: Money) -> Result<bool, DatabaseError> {
        let events = self.database().settlements_by_system(moved.id).await?;
        let bookings = events.iter();
        let bookings = bookings.filter_map(|event| Some((event.at, event.settlement()?)));
        let transaction = moved.owed.transaction;
        if !moved.reversal.was_booked_before(transaction, amount, bookings) {
            return Ok(false);
        }
        let events = self.database().failed_refunds(moved.id).await?;
        let mut newest_first = events.iter().rev();
        let was_told_of_failure = newest_first.find_map(|event| match event.failed_reversal() {
            Some(failed) if failed.was_refunded && failed.obligation == moved.reversal.obligation => {
                Some(failed.audience == FailureAudience::ShopAndBuyer)
            }
            Some(_) => None,
            // It cannot be read: a second mail does less harm than none.
            None => Some(true),
        });
        Ok(!was_told_of_failure.unwrap_or(false))
    }
}
