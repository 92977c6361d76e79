//! Staff lets the payment provider try a void or a refund again.

use countermand_domain::{Reversal, ReversalEntry, ReversalOperation, ReversalState};
use countermand_persistence::{KeptReversalEntry, ListedObligation, NEEDS_ATTENTION, PENDING};

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{ObligationKind, OwedObligation};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Makes an open void or refund due now, with all its attempts. A failed one is sent again under a new key, and its
    /// states say at once that it is due; one whose outcome is not known keeps its key.
    pub async fn retry_obligation(
        &self,
        viewer: &Viewer,
        id: &str,
    ) -> Result<OwedObligation, Failure<UserError>> {
        let operation = StaffOperation::RetryObligation;
        if viewer.is_carried_out() {
            return self.obligation_now(viewer, operation, id).await;
        }
        let row = self.open_obligation(viewer, operation, id).await?;
        check_money(&row)?;
        let kept = self.database().reversal_entries(&[row.id.as_str()]).await?;
        let due = self.due_after_failure(&row, &kept);
        // The reason why it was left to staff holds no longer.
        let problem = if row.state == NEEDS_ATTENTION {
            String::new()
        } else {
            row.last_error.clone()
        };
        let trail = self.trail_of(viewer, operation.name(), &row.id, &row.kind);
        let retried = self
            .database()
            .retry_reversal(&row.id, &problem, kept.len(), due.as_ref(), &trail);
        if !retried.await? {
            let message = "the obligation is being met or settled at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        }
        let row = ListedObligation {
            state: PENDING.into(),
            last_error: problem,
            ..row
        };
        self.seen_obligation(viewer, row).await
    }

    /// The state that says that a void or a refund is tried again under a new key, because the payment provider has certainly
    /// not moved its money. None where the outcome is open, and where nothing was sent.
    fn due_after_failure(
        &self,
        row: &ListedObligation,
        kept: &[KeptReversalEntry],
    ) -> Option<KeptReversalEntry> {
        let reversal = Reversal {
            obligation: row.id.clone(),
            owed: ReversalOperation::Refund,
            entries: kept.iter().map(|kept| kept.entry.clone()).collect(),
        };
        Some(KeptReversalEntry {
            obligation: row.id.clone(),
            account: kept.last()?.account.clone(),
            entry: ReversalEntry {
                at: self.now(),
                call: reversal.call_after_failure()?,
                state: ReversalState::Due,
                reference: None,
                refusal: None,
                detail: "staff lets the payment provider try again".to_owned(),
            },
            request_body: None,
        })
    }
}

/// Refuses what is no void and no refund.
pub(crate) fn check_money(row: &ListedObligation) -> Result<(), UserError> {
    let is_money = [ObligationKind::Void, ObligationKind::Refund]
        .iter()
        .any(|kind| kind.code() == row.kind);
    let message = "only a void or a refund is tried again: the program does nothing else by itself";
    is_money
        .then_some(())
        .ok_or_else(|| UserError::about("id", UserErrorCode::Invalid, message))
}
