//! Staff follows jobs that cancel many orders, stops them and lets them go on.

use countermand_domain::{BulkOrderState, BulkState, StaffRole, StoreNumber};
use countermand_persistence::{BulkCancellation, BulkOrderPage, BulkPage};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::{Caller, Staff, Viewer};

impl App {
    /// The job with `id`; none if there is none, or if a token for one store view did not begin it.
    pub async fn bulk_cancellation(
        &self,
        viewer: &Viewer,
        id: &str,
    ) -> Result<Option<BulkCancellation>, AppError> {
        let staff = viewer.staff(StaffOperation::BulkCancellation)?;
        self.seen_bulk_cancellation(staff, id).await
    }

    /// The jobs, newest first, after the one with the id `after`. A token for one store view sees the jobs of tokens
    /// for that store view only.
    pub async fn bulk_cancellations(
        &self,
        viewer: &Viewer,
        after: Option<&str>,
        limit: u64,
    ) -> Result<BulkPage, AppError> {
        let staff = viewer.staff(StaffOperation::BulkCancellations)?;
        Ok(self
            .database()
            .bulk_cancellations(staff.store, after, limit)
            .await?)
    }

    /// The orders of a job that the viewer sees, after the position `after`.
    pub async fn bulk_orders(
        &self,
        viewer: &Viewer,
        job: &str,
        state: Option<BulkOrderState>,
        after: Option<i32>,
        limit: u64,
    ) -> Result<BulkOrderPage, AppError> {
        viewer.staff(StaffOperation::BulkCancellation)?;
        Ok(self.database().bulk_orders(job, state, after, limit).await?)
    }

    /// Stops a job: the order that a worker cancels at this moment is the last one.
    pub async fn stop_bulk_cancellation(
        &self,
        viewer: &Viewer,
        id: &str,
    ) -> Result<BulkCancellation, Failure<UserError>> {
        let from = [BulkState::Queued, BulkState::Running];
        self.move_bulk(
            viewer,
            StaffOperation::StopBulkCancellation,
            id,
            &from,
            BulkState::Stopped,
        )
        .await
    }

    /// Lets a stopped job go on with the orders that wait.
    pub async fn resume_bulk_cancellation(
        &self,
        viewer: &Viewer,
        id: &str,
    ) -> Result<BulkCancellation, Failure<UserError>> {
        let operation = StaffOperation::ResumeBulkCancellation;
        self.move_bulk(viewer, operation, id, &[BulkState::Stopped], BulkState::Queued)
            .await
    }

    /// The person at the command line as a member of staff, whom the audit log calls `name`.
    pub async fn operator(&self, name: &str, store: Option<StoreNumber>) -> Result<Viewer, AppError> {
        let shop = self.database().shop().await?;
        let first = shop.stores.first().cloned();
        Ok(Viewer {
            store: first.ok_or_else(|| AppError::Internal("the shop has no store view".into()))?,
            shop,
            caller: Caller::Staff(Staff {
                store,
                ..Staff::new(name, StaffRole::Owner)
            }),
            origin: String::new(),
            key: None,
        })
    }

    /// An idempotency key that no other job has.
    #[must_use]
    pub fn fresh_key(&self) -> String {
        self.env().next_id().to_string()
    }

    async fn move_bulk(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        id: &str,
        from: &[BulkState],
        to: BulkState,
    ) -> Result<BulkCancellation, Failure<UserError>> {
        let staff = viewer.staff(operation)?;
        let unknown = || {
            UserError::about(
                "id",
                UserErrorCode::NotFound,
                "there is no such bulk cancellation",
            )
        };
        let job = self
            .seen_bulk_cancellation(staff, id)
            .await?
            .ok_or_else(unknown)?;
        if viewer.is_carried_out() {
            return Ok(job);
        }
        if job.state == BulkState::Done {
            let message = "each order of the bulk cancellation has its result already";
            return Err(UserError::about("id", UserErrorCode::NothingLeft, message).into());
        }
        let audit = self.trail_of(viewer, operation.name(), &job.id, "");
        self.database()
            .move_bulk_cancellation(&job.id, from, to, &audit)
            .await?;
        let job = self.seen_bulk_cancellation(staff, id).await?;
        Ok(job.ok_or_else(unknown)?)
    }

    async fn seen_bulk_cancellation(
        &self,
        staff: &Staff,
        id: &str,
    ) -> Result<Option<BulkCancellation>, AppError> {
        let job = self.database().bulk_cancellation(id).await?;
        Ok(job.filter(|job| staff.store.is_none() || job.store == staff.store))
    }
}
