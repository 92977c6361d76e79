//! Jobs: effects outside the database, written with their cause, claimed by a lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::OrderId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::audit::AuditEntry;
use crate::entity::job;
use crate::error::StoreError;
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};
use crate::store::Store;
use crate::time::{from_micros, to_micros};

pub(crate) const PENDING: &str = "pending";
pub(crate) const FAILED: &str = "failed";
const DONE: &str = "done";

/// A job to be written with the change that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id: also the key under which an effect happens once.
    pub id: Uuid,
    /// Which worker function runs it.
    pub kind: String,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// JSON for that function.
    pub payload: String,
    /// When it was caused, and may run first.
    pub created_at: DateTime<Utc>,
}

/// A job that this worker holds until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its id.
    pub id: String,
    /// Which worker function runs it.
    pub kind: String,
    /// JSON for that function.
    pub payload: String,
    /// How often it was tried before.
    pub attempts: i32,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    fence: i64,
}

/// How many jobs stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting or running.
    pub pending: i64,
    /// Done.
    pub done: i64,
    /// Given up.
    pub failed: i64,
}

impl NewJob {
    pub(crate) fn row(&self) -> job::Model {
        job::Model {
            id: self.id.to_string(),
            kind: self.kind.clone(),
            order_id: self.order.map(OrderId::number),
            payload: self.payload.clone(),
            state: PENDING.into(),
            run_at: to_micros(self.created_at),
            attempts: 0,
            claimed_until: 0,
            fence: 0,
            last_error: String::new(),
            created_at: to_micros(self.created_at),
        }
    }
}

impl Store {
    /// Writes a job that no order change causes.
    pub async fn insert_job(&self, job: &NewJob) -> Result<(), StoreError> {
        let mut script = Script::write(self);
        insert(&mut script, [job.row()]);
        script.commit().await.map(|_| ())
    }

    /// Writes a job that staff asked for, with its trail.
    pub async fn insert_audited_job(&self, job: &NewJob, audit: &AuditEntry) -> Result<(), StoreError> {
        let mut script = Script::write(self);
        insert(&mut script, [job.row()]);
        insert(&mut script, [audit.row()]);
        match script.commit().await {
            // Only these rows can be there already: the change landed, and its answer was lost.
            Ok(_) | Err(StoreError::Duplicate) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// Takes the next due job for `lease`; none when nothing is due, or others are faster.
    pub async fn claim_job(
        &self,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Option<ClaimedJob>, StoreError> {
        for _ in 0..4 {
            let Some(due) = self.next_due_job(now).await? else {
                return Ok(None);
            };
            let lease = TimeDelta::from_std(lease).unwrap_or(TimeDelta::MAX);
            let until = now.checked_add_signed(lease).unwrap_or(DateTime::<Utc>::MAX_UTC);
            let mut claim = Query::update();
            claim
                .table(job::Entity)
                .value(job::Column::ClaimedUntil, to_micros(until))
                .value(job::Column::Fence, due.fence + 1)
                .value(job::Column::Attempts, due.attempts + 1)
                .and_where(Expr::col(job::Column::Id).eq(due.id.as_str()))
                .and_where(Expr::col(job::Column::State).eq(PENDING))
                .and_where(Expr::col(job::Column::Fence).eq(due.fence));
            let mut script = Script::write(self);
            let claimed = script.add_counted(&claim);
            if script.commit().await?.touched(claimed)? == 1 {
                let fence = due.fence + 1;
                let (id, kind, payload) = (due.id, due.kind, due.payload);
                return Ok(Some(ClaimedJob {
                    id,
                    kind,
                    payload,
                    attempts: due.attempts,
                    created_at: from_micros(due.created_at)?,
                    fence,
                }));
            }
        }
        Ok(None)
    }

    async fn next_due_job(&self, now: DateTime<Utc>) -> Result<Option<job::Model>, StoreError> {
        let (script, due) = self.due_job_script(now);
        script.fetch().await?.first(due)
    }

    pub(crate) fn due_job_script(&self, now: DateTime<Utc>) -> (Script<'_>, Rows<job::Model>) {
        let mut script = Script::read(self);
        let due = script.select(
            job::Entity::find()
                .filter(job::Column::State.eq(PENDING))
                .filter(job::Column::RunAt.lte(to_micros(now)))
                .filter(job::Column::ClaimedUntil.lte(to_micros(now)))
                .order_by_asc(job::Column::RunAt)
                .limit(1),
        );
        (script, due)
    }

    /// The job is done.
    pub async fn finish_job(&self, job: &ClaimedJob) -> Result<(), StoreError> {
        self.settle_job(job, DONE, None, "").await
    }

    /// The job failed and is tried again at `run_at`.
    pub async fn retry_job(
        &self,
        job: &ClaimedJob,
        run_at: DateTime<Utc>,
        error: &str,
    ) -> Result<(), StoreError> {
        self.settle_job(job, PENDING, Some(run_at), error).await
    }

    /// The job failed for good.
    pub async fn give_up_job(&self, job: &ClaimedJob, error: &str) -> Result<(), StoreError> {
        self.settle_job(job, FAILED, None, error).await
    }

    /// Writes the outcome, unless the lease ran out and somebody else holds the job now.
    async fn settle_job(
        &self,
        job: &ClaimedJob,
        state: &str,
        run_at: Option<DateTime<Utc>>,
        error: &str,
    ) -> Result<(), StoreError> {
        let mut update = Query::update();
        update
            .table(job::Entity)
            .value(job::Column::State, state)
            .value(job::Column::ClaimedUntil, 0_i64)
            .value(job::Column::LastError, error)
            .and_where(Expr::col(job::Column::Id).eq(job.id.as_str()))
            .and_where(Expr::col(job::Column::Fence).eq(job.fence));
        if let Some(run_at) = run_at {
            update.value(job::Column::RunAt, to_micros(run_at));
        }
        if state == DONE {
            // A mail that is sent may hold a confirmation key, which is kept nowhere in clear.
            update.value(job::Column::Payload, "{}");
        }
        let mut script = Script::write(self);
        script.add(&update);
        script.commit().await.map(|_| ())
    }

    /// How many jobs stand where.
    pub async fn job_counts(&self) -> Result<JobCounts, StoreError> {
        let mut script = Script::read(self);
        let [pending, done, failed] = [PENDING, DONE, FAILED].map(|state| {
            let mut count = Query::select();
            count.expr(Expr::col(job::Column::Id).count()).from(job::Entity);
            count.and_where(Expr::col(job::Column::State).eq(state));
            script.rows::<(i64,)>(&count)
        });
        let answers = script.fetch().await?;
        let number = |asked| Ok::<_, StoreError>(answers.first(asked)?.map_or(0, |(number,): (i64,)| number));
        Ok(JobCounts {
            pending: number(pending)?,
            done: number(done)?,
            failed: number(failed)?,
        })
    }
}
