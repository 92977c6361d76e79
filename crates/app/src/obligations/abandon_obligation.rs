//! Staff ends an obligation that nothing will meet: money that is not moved, or a job that failed for good. To end
//! a refund withholds money from the buyer, so it needs the permission of the token to withhold refunds.

use chrono::{DateTime, Utc};
use countermand_domain::{Money, Order, ReversalEntry, ReversalOperation, SettledMatter, Settlement};
use countermand_persistence::{ABANDONED, Ending, ListedObligation, NEEDS_ATTENTION, SettledObligation};

use super::ObligationKind;
use super::owed::OwedObligation;
use super::settle_obligation::{check_not_ended, check_settled_by_hand, not_found, note, owed_reversal};
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::{Decision, OrderCommand};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The obligation that staff ends, and why.
#[derive(Debug, Clone)]
pub struct AbandonObligation {
    /// The id of the obligation.
    pub id: String,
    /// Why nothing will meet it: 1 to 1,000 characters.
    pub note: String,
}

impl App {
    /// Ends a void, a refund or a failed job that nothing will meet. Of several requests for the same obligation, one
    /// ends it. What a payment provider has, or may have, is refused, as it is for
    /// [`settle_obligation`](Self::settle_obligation). To end a refund, the token needs the permission to withhold refunds.
    pub async fn abandon_obligation(
        &self,
        viewer: &Viewer,
        asked: &AbandonObligation,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let operation = StaffOperation::AbandonObligation;
        viewer.staff(operation)?;
        let note = note(&asked.note)?;
        if viewer.is_carried_out() {
            return self.obligation_now(viewer, operation, &asked.id).await;
        }
        let row = self.reached_obligation(viewer, operation, &asked.id).await?;
        match abandonable(&row)? {
            Some(reversal) => {
                self.check_may_withhold(viewer, &row).await?;
                self.abandon_reversal(viewer, row, reversal, note).await
            }
            None => self.abandon_job(viewer, row, &note).await,
        }
    }

    /// Refuses to end the void or the refund in `row` where that withholds a refund, and the token may not.
    async fn check_may_withhold(&self, viewer: &Viewer, row: &ListedObligation) -> Result<(), AppError> {
        if viewer.staff(StaffOperation::AbandonRefund).is_ok() {
            return Ok(());
        }
        let kept = self.database().reversal_entries(&[row.id.as_str()]).await?;
        if withholds_refund(row, kept.iter().map(|kept| &kept.entry)) {
            viewer.staff(StaffOperation::AbandonRefund)?;
        }
        Ok(())
    }

    async fn abandon_reversal(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        reversal: ReversalOperation,
        note: String,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let operation = StaffOperation::AbandonObligation;
        let command = OrderCommand::of_staff(viewer, operation)?;
        let order = row.order.ok_or_else(not_found)?;
        let (row, held) = self.held_obligation(viewer, operation, row).await?;
        let ended = SettledObligation {
            id: row.id.clone(),
            receipt: String::new(),
            at: self.now(),
            ending: Ending::Abandoned,
        };
        let done = self.change_order(&command, order, |subject| {
            let (row, ended, note, actor) = (&row, ended.clone(), note.clone(), &command.actor);
            async move {
                // A worker whose lease is over may have booked it meanwhile.
                self.check_open(&row.id).await?;
                // A look at the provider may have told meanwhile that the money of a void was captured.
                self.check_may_withhold(viewer, row).await?;
                let settlement = Settlement {
                    matter: abandoned(row, reversal, &subject.order)?,
                    note,
                    reference: None,
                };
                let change = subject.order.settle(settlement, actor, ended.at);
                let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
                Ok(Decision {
                    settles: Some(ended),
                    ..Decision::from(transition)
                })
            }
        });
        match done.await {
            Ok(view) => {
                tracing::info!(id = row.id, kind = row.kind, "an obligation was abandoned");
                let row = ended_row(row, ended.at);
                let order = (*view.order).clone();
                Ok(self.owed_with_steps(viewer, row, Some(order)).await?)
            }
            Err(failure) => {
                self.database().release_obligation(&held).await?;
                Err(failure)
            }
        }
    }

    /// Ends a job that the program has given up.
    async fn abandon_job(
        &self,
        viewer: &Viewer,
        row: ListedObligation,
        note: &str,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let order = match row.order {
            Some(order) => self.database().order(order).await?,
            None => None,
        };
        let order = order.map(|loaded| (*loaded.order).clone());
        let target = order
            .as_ref()
            .map_or(row.id.as_str(), |order| order.number.as_str());
        let details = format!("{}: {note}", row.kind);
        let trail = self.trail_of(viewer, "abandonObligation", target, &details);
        if !self.database().abandon_job(&row.id, &trail).await? {
            let message = "the job is being run or was changed at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        }
        tracing::info!(id = row.id, kind = row.kind, "a job was abandoned");
        let row = ended_row(row, self.now());
        Ok(self.owed(viewer, row, order, Vec::new())?)
    }
}

/// The money in `row` that staff may say is not moved; none for a job. Refused where nothing can be abandoned.
pub(super) fn abandonable(row: &ListedObligation) -> Result<Option<ReversalOperation>, UserError> {
    let kind = ObligationKind::from_code(&row.kind);
    let reversal = match kind {
        Some(ObligationKind::Refund) => Some(ReversalOperation::Refund),
        Some(ObligationKind::Void) => Some(ReversalOperation::Void),
        _ => None,
    };
    if reversal.is_some() {
        check_not_ended(row)?;
    } else if kind.is_none_or(ObligationKind::is_job) {
        check_not_ended(row)?;
        if row.state != NEEDS_ATTENTION {
            let message = "the program still tries to do the job: only a job that failed is abandoned";
            return Err(UserError::about("id", UserErrorCode::Invalid, message));
        }
    } else {
        check_settled_by_hand(row)?;
        let message = "only money and failed jobs are abandoned: `settleObligation` says that staff looked";
        return Err(UserError::about("id", UserErrorCode::Invalid, message));
    }
    Ok(reversal)
}

/// Whether captured money does not go back to the buyer, or may not, where the obligation in `row` is ended, which went
/// through `states` at a payment provider: a refund, a void of money that was captured, and a void that was asked for in one
/// call with a refund, whose money may have been captured.
pub(super) fn withholds_refund<'a>(
    row: &ListedObligation,
    mut states: impl Iterator<Item = &'a ReversalEntry>,
) -> bool {
    match ObligationKind::from_code(&row.kind) {
        Some(ObligationKind::Refund) => true,
        Some(ObligationKind::Void) => {
            states.any(|it| it.turns_into_refund() || it.call.operation != ReversalOperation::Void)
        }
        _ => false,
    }
}

/// The money in `row`, which is not moved.
fn abandoned(
    row: &ListedObligation,
    reversal: ReversalOperation,
    order: &Order,
) -> Result<SettledMatter, AppError> {
    let owed = owed_reversal(row)?;
    Ok(SettledMatter::Abandoned {
        reversal,
        transaction: owed.transaction,
        amount: Money::new(owed.amount, order.currency()),
    })
}

/// `row` as it is after it was abandoned.
fn ended_row(row: ListedObligation, at: DateTime<Utc>) -> ListedObligation {
    ListedObligation {
        state: ABANDONED.into(),
        last_error: String::new(),
        met_at: Some(at),
        ..row
    }
}
