//! Staff sees which mails wait or failed, and has one sent again.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::retry_job::ListedJob;
use countermand_domain::StaffRole;

use super::cursor::{entry_cursor, page_size, read_entry_cursor, rfc3339};
use super::staff;
use super::user_error::{UserError, answer};
use crate::context::app;
use crate::error::internal;
use crate::types::id::of_order;

/// Staff's look at jobs.
#[derive(Default)]
pub(crate) struct AdminJobQuery;

#[Object]
impl AdminJobQuery {
    /// Jobs that are not done, newest first: mails to be sent. Needs the role `viewer`; a token for one store view
    /// sees only those about its orders.
    async fn jobs(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "JobState::Failed")] state: JobState,
        #[graphql(desc = "1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the page before.")] after: Option<String>,
    ) -> Result<Jobs> {
        let viewer = staff(context, StaffRole::Viewer)?;
        let limit = page_size(first, 20)?;
        let before = after.as_deref().map(read_entry_cursor).transpose()?;
        let page = app(context)?
            .jobs(viewer, state.into(), before.as_deref(), limit)
            .await
            .map_err(internal)?;
        Ok(Jobs {
            end_cursor: page.jobs.last().map(|job| entry_cursor(&job.id)),
            has_next_page: page.has_more,
            items: page.jobs.into_iter().map(Job::from).collect(),
        })
    }
}

/// Staff's work on jobs.
#[derive(Default)]
pub(crate) struct AdminJobMutation;

#[Object]
impl AdminJobMutation {
    /// Makes a job that failed or waits due now; it is tried as often as a new one. Needs the role `support`.
    async fn retry_job(&self, context: &Context<'_>, input: RetryJobInput) -> Result<JobPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let (job, user_errors) = answer(app(context)?.retry_job(viewer, &input.id).await)?;
        Ok(JobPayload {
            job: job.map(Job::from),
            user_errors,
        })
    }
}

/// Which job to run again.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RetryJobInput {
    id: ID,
}

/// Where a job stands that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::retry_job::JobState")]
pub(crate) enum JobState {
    /// To be run, or to be tried again.
    Waiting,
    /// Given up: it waits for `retryJob`.
    Failed,
}

/// A page of jobs.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Jobs {
    items: Vec<Job>,
    /// For `after`; null on an empty page.
    end_cursor: Option<String>,
    has_next_page: bool,
}

/// Something to be done outside the database. What it carries is not shown: it may hold a guest's key.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Job {
    id: ID,
    /// `mail`.
    kind: String,
    state: JobState,
    /// The order that it is about.
    order_id: Option<ID>,
    /// That order's number.
    order_number: Option<String>,
    /// How often it was tried.
    attempts: i32,
    /// What went wrong last.
    last_error: Option<String>,
    /// When it was caused: RFC 3339, UTC.
    created_at: String,
    /// When it is tried next; null for one that failed.
    next_try_at: Option<String>,
}

/// The job as it is now, or why it stays as it was.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct JobPayload {
    job: Option<Job>,
    user_errors: Vec<UserError>,
}

impl From<ListedJob> for Job {
    fn from(job: ListedJob) -> Self {
        let state = job.state.into();
        Self {
            id: job.id.into(),
            kind: job.kind,
            state,
            order_id: job.order.map(of_order),
            order_number: job.order_number,
            attempts: job.attempts,
            last_error: Some(job.last_error).filter(|it| !it.is_empty()),
            created_at: rfc3339(job.created_at),
            next_try_at: (state == JobState::Waiting).then(|| rfc3339(job.run_at)),
        }
    }
}
