//! Jobs as staff sees them: never their payload, which may hold keys.

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, StoreNumber};
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait, InsertStatement, Order as Direction, Query, SelectStatement,
};

use serde::Deserialize;

use crate::audit::AuditEntry;
use crate::entity::{audit_entry, job, order};
use crate::error::StoreError;
use crate::job::{FAILED, PENDING};
use crate::sql::script::Script;
use crate::store::Store;
use crate::time::{from_micros, to_micros};

/// Where a job stands that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// To be run, or to be tried again.
    Waiting,
    /// Given up.
    Failed,
}

/// A job without what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// Its id, sortable by time.
    pub id: String,
    /// Which worker function runs it.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// That order's number.
    pub order_number: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last; empty before the first try.
    pub last_error: String,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    /// When it is due; of a failed one, when it was last.
    pub run_at: DateTime<Utc>,
}

/// A page of jobs, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<ListedJob>,
    /// Whether there are older ones.
    pub has_more: bool,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
    state: String,
    order_id: Option<i64>,
    attempts: i32,
    last_error: String,
    created_at: i64,
    run_at: i64,
    number: Option<String>,
}

impl Store {
    /// At most `limit` jobs in `state` older than `before`, newest first; of `store`'s orders only, where one is named.
    pub async fn jobs(
        &self,
        state: JobState,
        store: Option<StoreNumber>,
        before: Option<&str>,
        limit: u64,
    ) -> Result<JobPage, StoreError> {
        let mut select = rows(store);
        select
            .and_where(Expr::col((job::Entity, job::Column::State)).eq(state.code()))
            .order_by((job::Entity, job::Column::Id), Direction::Desc)
            .limit(limit.saturating_add(1));
        if let Some(before) = before {
            select.and_where(Expr::col((job::Entity, job::Column::Id)).lt(before));
        }
        let mut script = Script::read(self);
        let rows = script.rows(&select);
        let rows: Vec<Row> = script.fetch().await?.take(rows)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        let jobs = rows
            .into_iter()
            .take(limit)
            .map(ListedJob::try_from)
            .collect::<Result<_, _>>()?;
        Ok(JobPage { jobs, has_more })
    }

    /// The job with `id` that waits or failed; of `store`'s orders only, where one is named.
    pub async fn job(&self, id: &str, store: Option<StoreNumber>) -> Result<Option<ListedJob>, StoreError> {
        let mut select = rows(store);
        select
            .and_where(Expr::col((job::Entity, job::Column::Id)).eq(id))
            .and_where(Expr::col((job::Entity, job::Column::State)).is_in([PENDING, FAILED]));
        let mut script = Script::read(self);
        let row = script.rows(&select);
        let row: Option<Row> = script.fetch().await?.first(row)?;
        row.map(ListedJob::try_from).transpose()
    }

    /// Makes a job due at `now` that waits or failed, its attempts counted anew; false where a worker holds it, or
    /// there is none.
    pub async fn make_job_due(
        &self,
        id: &str,
        now: DateTime<Utc>,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut update = Query::update();
        update
            .table(job::Entity)
            .value(job::Column::State, PENDING)
            .value(job::Column::RunAt, to_micros(now))
            .value(job::Column::Attempts, 0)
            .value(job::Column::ClaimedUntil, 0_i64)
            .cond_where(may_be_made_due(id, now));
        let mut script = Script::write(self);
        script.add(&trail_where(audit, may_be_made_due(id, now))?);
        let due = script.add_counted(&update);
        match script.commit().await {
            Ok(answers) => Ok(answers.touched(due)? > 0),
            // Only the trail's entry can be there already: the change landed, and its answer was lost.
            Err(StoreError::Duplicate) => Ok(true),
            Err(problem) => Err(problem),
        }
    }
}

fn may_be_made_due(id: &str, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Expr::col(job::Column::Id).eq(id))
        .add(Expr::col(job::Column::State).is_in([PENDING, FAILED]))
        .add(Expr::col(job::Column::ClaimedUntil).lte(to_micros(now)))
}

/// Staff's trail, written only where there is such a job.
fn trail_where(audit: &AuditEntry, job: Condition) -> Result<InsertStatement, StoreError> {
    use audit_entry::Column as C;
    let row = audit.row();
    let mut entry = Query::select();
    for text in [row.id, row.actor, row.action, row.target, row.origin, row.details] {
        entry.expr(Expr::val(text));
    }
    entry
        .expr(Expr::val(row.created_at))
        .from(job::Entity)
        .cond_where(job);
    let mut insert = Query::insert();
    insert
        .into_table(audit_entry::Entity)
        .columns([
            C::Id,
            C::Actor,
            C::Action,
            C::Target,
            C::Origin,
            C::Details,
            C::CreatedAt,
        ])
        .select_from(entry)
        .map_err(|problem| StoreError::Database(problem.to_string()))?;
    Ok(insert)
}

fn rows(store: Option<StoreNumber>) -> SelectStatement {
    use job::Column as C;
    let mut select = Query::select();
    for column in [
        C::Id,
        C::Kind,
        C::State,
        C::OrderId,
        C::Attempts,
        C::LastError,
        C::CreatedAt,
        C::RunAt,
    ] {
        select.column((job::Entity, column));
    }
    let same = Expr::col((order::Entity, order::Column::Id)).equals((job::Entity, C::OrderId));
    select
        .column((order::Entity, order::Column::Number))
        .from(job::Entity)
        .left_join(order::Entity, Condition::all().add(same));
    if let Some(store) = store {
        select.and_where(Expr::col((order::Entity, order::Column::StoreNumber)).eq(store.0));
    }
    select
}

impl JobState {
    fn code(self) -> &'static str {
        match self {
            Self::Waiting => PENDING,
            Self::Failed => FAILED,
        }
    }
}

impl TryFrom<Row> for ListedJob {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let states = [JobState::Waiting, JobState::Failed];
        let state = states.into_iter().find(|it| it.code() == row.state);
        Ok(Self {
            id: row.id,
            kind: row.kind,
            state: state.ok_or_else(|| StoreError::Corrupt(format!("job state `{}`", row.state)))?,
            order: row.order_id.and_then(OrderId::from_number),
            order_number: row.number,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: from_micros(row.created_at)?,
            run_at: from_micros(row.run_at)?,
        })
    }
}
