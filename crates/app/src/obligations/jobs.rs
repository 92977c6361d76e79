//! Staff's list of jobs: the obligations that do not belong to the books of an order.

use chrono::{DateTime, TimeDelta};
use countermand_domain::{OrderId, OrderNumber};
pub use countermand_persistence::{JobPage, JobState, ListedJob};
use countermand_persistence::{NEEDS_ATTENTION, PENDING};
use uuid::Uuid;

use super::ObligationKind;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The obligations of one kind that wait in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The kind.
    pub kind: ObligationKind,
    /// `pending` or `needs_attention`.
    pub state: &'static str,
    /// How many.
    pub count: i64,
    /// How long ago the oldest one was caused; zero if there is none.
    pub oldest_age: TimeDelta,
}

impl App {
    /// Jobs in `state`, newest first, older than the job `before`; a token for one store view sees only its orders'.
    pub async fn jobs(
        &self,
        viewer: &Viewer,
        state: JobState,
        before: Option<&str>,
        limit: u64,
    ) -> Result<JobPage, AppError> {
        let staff = viewer.staff(StaffOperation::Jobs)?;
        let kinds = job_kinds();
        let page = self.database().jobs(&kinds, state, staff.store, before, limit);
        Ok(page.await?)
    }

    /// Makes a failed or waiting job due now. The job gets all its attempts again.
    pub async fn retry_job(&self, viewer: &Viewer, id: &str) -> Result<ListedJob, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::RetryJob)?;
        if viewer.is_carried_out() {
            let unreadable = AppError::Internal("the result of a retried job is unreadable".into());
            return Ok(ListedJob::from_text(&self.left_sealed(viewer)?).ok_or(unreadable)?);
        }
        let refused = || {
            let message = "there is no job of this id that waits or failed, or it is being run";
            UserError::about("id", UserErrorCode::NotFound, message)
        };
        let id = Uuid::parse_str(id).map_err(|_| refused())?.to_string();
        let job = self.database().job(&job_kinds(), &id, staff.store).await?;
        let job = job.ok_or_else(refused)?;
        let details = format!("{} after {} attempts", job.kind, job.attempts);
        let target = job.order_number.as_ref().map_or(id.as_str(), OrderNumber::as_str);
        let trail = self.trail_of(viewer, "retryJob", target, &details);
        // The job is not read again afterwards, because a worker may have finished it by then.
        let retried = ListedJob {
            state: JobState::Waiting,
            attempts: 0,
            run_at: self.now(),
            ..job
        };
        let trail = self.leaving_sealed(viewer, trail, &retried.to_text());
        if !self.database().make_job_due(&id, &trail).await? {
            return Err(refused().into());
        }
        tracing::info!(
            kind = retried.kind,
            id,
            order = retried.order.map(OrderId::number),
            "an obligation is due again, because staff asked for it"
        );
        Ok(retried)
    }

    /// How many obligations of each kind wait for a worker or for staff, and since when; kinds and states without any
    /// included.
    pub async fn waiting_obligations(&self) -> Result<Vec<Waiting>, AppError> {
        let rows = self.database().waiting_obligations().await?;
        let now = self.now();
        let mut waiting = Vec::new();
        for kind in ObligationKind::ALL.iter().copied() {
            for state in [PENDING, NEEDS_ATTENTION] {
                let row = rows
                    .iter()
                    .find(|row| row.kind == kind.code() && row.state == state);
                let oldest = row.and_then(|row| DateTime::from_timestamp_micros(row.oldest));
                waiting.push(Waiting {
                    kind,
                    state,
                    count: row.map_or(0, |row| row.count),
                    oldest_age: oldest.map_or(TimeDelta::zero(), |oldest| now - oldest),
                });
            }
        }
        Ok(waiting)
    }
}

fn job_kinds() -> Vec<&'static str> {
    let jobs = ObligationKind::ALL.iter().filter(|kind| kind.is_job());
    jobs.map(|kind| kind.code()).collect()
}
