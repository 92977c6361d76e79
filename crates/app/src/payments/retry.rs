//! Staff lets the payment provider try a void or a refund again.

use countermand_persistence::ListedObligation;
use uuid::Uuid;

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{ObligationKind, OwedObligation};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Makes an open void or refund due now, with all its attempts. A failed one is sent again under a new key; one
    /// whose outcome is not known keeps its key.
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
        let id = Uuid::parse_str(id).map(|id| id.to_string()).unwrap_or_default();
        let trail = self.trail_of(viewer, operation.name(), &id, &row.kind);
        if !self.database().make_job_due(&id, &trail).await? {
            let message = "the obligation is being met or settled at the moment: try again";
            return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
        }
        self.seen_obligation(viewer, row).await
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
