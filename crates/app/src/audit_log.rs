//! Staff reads the audit log: who did what, to what, and when.

use chrono::{DateTime, Utc};
pub use countermand_persistence::{AuditEntry, AuditFilter, AuditPage, MOST_COUNTED};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// Actions of the command line and of the worker, which are no operations of staff.
const COMMANDS: [&str; 4] = [
    "createStaffToken",
    "init",
    "revokeStaffTokens",
    "switchWebhookEndpointOff",
];

impl App {
    /// Entries of the audit log that pass `filter`, newest first. `after` is the time and the id of the last entry of
    /// the page before. An action that does not exist is refused.
    pub async fn audit_log(
        &self,
        viewer: &Viewer,
        filter: &AuditFilter,
        after: Option<(DateTime<Utc>, &str)>,
        limit: u64,
    ) -> Result<AuditPage, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::AuditLog)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        if let Some(action) = &filter.action
            && !is_action(action)
        {
            let message = format!("no action is called `{action}`");
            return Err(UserError::about("action", UserErrorCode::Invalid, message).into());
        }
        let filter = AuditFilter {
            actor: filter.actor.as_deref().map(actor_of),
            ..filter.clone()
        };
        Ok(self.database().audit_log(&filter, after, limit).await?)
    }
}

/// The actor in the audit log that staff means: the name of a token is enough.
fn actor_of(given: &str) -> String {
    if given.starts_with("staff:") || given == "system" {
        given.to_owned()
    } else {
        format!("staff:{given}")
    }
}

fn is_action(name: &str) -> bool {
    COMMANDS.contains(&name) || StaffOperation::by_name(name).is_some()
}
