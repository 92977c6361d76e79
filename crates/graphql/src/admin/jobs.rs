//! `jobs` and `retryJob`: staff sees which mails wait or failed, and has one sent again.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::obligations::ListedJob;

use super::cursor::{entry_cursor, read_entry_cursor, rfc3339};
use super::page::page_size;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;
use crate::kit::id::of_order;

/// Staff's query for jobs.
#[derive(Default)]
pub(crate) struct AdminJobQuery;

#[Object]
impl AdminJobQuery {
    /// Lists the jobs that are not done, newest first. A job is work outside the database, such as a mail to send. The
    /// caller needs the role `viewer`. A token for one store view lists the jobs that concern its orders only.
    async fn jobs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The state of the jobs to list.", default_with = "JobState::Failed")]
        state: JobState,
        #[graphql(
            desc = "The largest number of jobs on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<Jobs> {
        let viewer = staff(context)?;
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

/// Staff's mutation of jobs.
#[derive(Default)]
pub(crate) struct AdminJobMutation;

#[Object]
impl AdminJobMutation {
    /// Makes a job that waits or failed due now, and counts its attempts from zero again. A job that a worker runs at
    /// the moment is refused. The caller needs the role `support`.
    async fn retry_job(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the job to run again.")] input: RetryJobInput,
    ) -> Result<JobPayload> {
        let viewer = staff(context)?;
        let (job, user_errors) = done_or_user_errors(app(context)?.retry_job(viewer, &input.id).await)?;
        Ok(JobPayload {
            job: job.map(Job::from),
            user_errors,
        })
    }
}

/// The job that is made due at once.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RetryJobInput {
    /// The `Job.id` of a job that waits or failed.
    id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The state of a job that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::obligations::JobState")]
pub(crate) enum JobState {
    /// The job waits for its first or its next attempt, or a worker runs it at the moment.
    Waiting,
    /// The last attempt failed and no further attempt follows, unless `retryJob` makes the job due again.
    Failed,
}

/// One page of jobs, newest first.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Jobs {
    /// The jobs of the page, newest first.
    items: Vec<Job>,
    /// The position of the last job of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether further jobs follow after this page.
    has_next_page: bool,
}

/// Work outside the database that is not done, such as a mail to send. The content of a job is not shown, because it
/// may hold the confirmation key of a guest.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Job {
    /// The id of the job, a UUID.
    id: ID,
    /// The code of the kind of the job, such as `mail` for a mail that must be sent.
    kind: String,
    /// Whether the job waits or has failed.
    state: JobState,
    /// The `CustomerOrder.id` of the order that the job concerns; null when it concerns no order.
    order_id: Option<ID>,
    /// The number of the order that the job concerns; null when it concerns no order.
    order_number: Option<String>,
    /// The number of attempts since the job was created or made due by `retryJob`.
    attempts: i32,
    /// The error of the last attempt; null when no attempt has failed.
    last_error: Option<String>,
    /// The time at which the job was created: RFC 3339, in UTC.
    created_at: String,
    /// The time of the next attempt: RFC 3339, in UTC. Null when the job failed.
    next_try_at: Option<String>,
}

/// The result of `retryJob`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct JobPayload {
    /// The job, which is due now; null when the mutation was refused.
    job: Option<Job>,
    /// The reasons why the mutation was refused; empty when it was carried out.
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
            order_number: job.order_number.map(String::from),
            attempts: job.attempts,
            last_error: Some(job.last_error).filter(|it| !it.is_empty()),
            created_at: rfc3339(job.created_at),
            next_try_at: (state == JobState::Waiting).then(|| rfc3339(job.run_at)),
        }
    }
}
