//! Staff sees which jobs wait or failed, and has one run again.

use countermand_domain::StaffRole;
pub use countermand_persistence::{JobPage, JobState, ListedJob};
use uuid::Uuid;

use crate::App;
use crate::error::{AppError, Asked, UserError, UserErrorCode};
use crate::viewer::Viewer;

impl App {
    /// Jobs in `state`, newest first, older than the job `before`; a token for one store view sees only its orders'.
    pub async fn jobs(
        &self,
        viewer: &Viewer,
        state: JobState,
        before: Option<&str>,
        limit: u64,
    ) -> Result<JobPage, AppError> {
        let staff = viewer.staff(StaffRole::Viewer)?;
        Ok(self.store().jobs(state, staff.store, before, limit).await?)
    }

    /// Makes a job that failed or waits due now, with all its attempts before it.
    pub async fn retry_job(&self, viewer: &Viewer, id: &str) -> Asked<ListedJob> {
        let staff = viewer.staff(StaffRole::Support)?;
        let refused = || {
            let message = "there is no job of this id that waits or failed, or it is being run";
            UserError::about("id", UserErrorCode::NotFound, message)
        };
        let Ok(id) = Uuid::parse_str(id).map(|id| id.to_string()) else {
            return Ok(Err(refused()));
        };
        let Some(job) = self.store().job(&id, staff.store).await? else {
            return Ok(Err(refused()));
        };
        let details = format!("{} after {} attempts", job.kind, job.attempts);
        let target = job.order_number.as_deref().unwrap_or(&id);
        let trail = self.trail_of(viewer, "retryJob", target, &details);
        let now = self.now();
        if !self.store().make_job_due(&id, now, &trail).await? {
            return Ok(Err(refused()));
        }
        // Not read again: a worker may have done it by now.
        Ok(Ok(ListedJob {
            state: JobState::Waiting,
            attempts: 0,
            run_at: now,
            ..job
        }))
    }
}
