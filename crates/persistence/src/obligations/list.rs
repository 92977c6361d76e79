//! Obligations as staff sees them in its list of jobs: never their payload.

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, StoreNumber};
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait, InsertStatement, Order as Direction, Query, SelectStatement,
};

use serde::Deserialize;

use super::claim::new_fence;
use super::{NEEDS_ATTENTION, PENDING};
use crate::audit::AuditEntry;
use crate::entity::obligation::{Column, Entity};
use crate::entity::{audit_entry, order};
use crate::error::StoreError;
use crate::sql::script::Script;
use crate::store::Store;
use crate::time::from_micros;

/// Where an obligation stands that is not met, as the list of jobs names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// To be met, or to be tried again.
    Waiting,
    /// Given up by the program: staff must decide.
    Failed,
}

/// An obligation without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// Its id, sortable by time.
    pub id: String,
    /// Code of its kind, `mail`.
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
    due_at: i64,
    number: Option<String>,
}

impl Store {
    /// At most `limit` obligations of `kinds` in `state` older than `before`, newest first; about `store`'s orders
    /// only, where one is named.
    pub async fn jobs(
        &self,
        kinds: &[&str],
        state: JobState,
        store: Option<StoreNumber>,
        before: Option<&str>,
        limit: u64,
    ) -> Result<JobPage, StoreError> {
        let mut select = rows(kinds, store);
        select
            .and_where(Expr::col((Entity, Column::State)).eq(state.code()))
            .order_by((Entity, Column::Id), Direction::Desc)
            .limit(limit.saturating_add(1));
        if let Some(before) = before {
            select.and_where(Expr::col((Entity, Column::Id)).lt(before));
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

    /// The obligation of `kinds` with `id` that waits or was given up; about `store`'s orders only, where one is named.
    pub async fn job(
        &self,
        kinds: &[&str],
        id: &str,
        store: Option<StoreNumber>,
    ) -> Result<Option<ListedJob>, StoreError> {
        let mut select = rows(kinds, store);
        select
            .and_where(Expr::col((Entity, Column::Id)).eq(id))
            .and_where(Expr::col((Entity, Column::State)).is_in([PENDING, NEEDS_ATTENTION]));
        let mut script = Script::read(self);
        let row = script.rows(&select);
        let row: Option<Row> = script.fetch().await?.first(row)?;
        row.map(ListedJob::try_from).transpose()
    }

    /// Makes an obligation due at once that waits or was given up, its attempts counted anew; false where a worker
    /// holds it, or there is none.
    pub async fn make_job_due(&self, id: &str, audit: &AuditEntry) -> Result<bool, StoreError> {
        // A number of its own marks the row, so that the audit log tells of exactly what was done.
        let mark = new_fence();
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::State, PENDING)
            .value(Column::DueAt, 0_i64)
            .value(Column::Attempts, 0)
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Fence, mark)
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(Expr::col(Column::State).is_in([PENDING, NEEDS_ATTENTION]))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        let mut script = Script::write_in_sequence(self);
        script.add(&update);
        let written = script.add_counted(&audit_where_marked(audit, id, mark)?);
        match script.commit().await {
            Ok(answers) => Ok(answers.touched(written)? > 0),
            // Only the entry of the audit log can be there already: the change landed, and its answer was lost.
            Err(StoreError::Duplicate) => Ok(true),
            Err(problem) => Err(problem),
        }
    }
}

/// An entry of the audit log, written only where the obligation has the mark.
fn audit_where_marked(audit: &AuditEntry, id: &str, mark: i64) -> Result<InsertStatement, StoreError> {
    use audit_entry::Column as C;
    let row = audit.row();
    let mut entry = Query::select();
    for text in [row.id, row.actor, row.action, row.target, row.origin, row.details] {
        entry.expr(Expr::val(text));
    }
    entry
        .expr(Expr::val(row.created_at))
        .from(Entity)
        .and_where(Expr::col(Column::Id).eq(id))
        .and_where(Expr::col(Column::Fence).eq(mark));
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

fn rows(kinds: &[&str], store: Option<StoreNumber>) -> SelectStatement {
    let mut select = Query::select();
    for column in [
        Column::Id,
        Column::Kind,
        Column::State,
        Column::OrderId,
        Column::Attempts,
        Column::LastError,
        Column::CreatedAt,
        Column::DueAt,
    ] {
        select.column((Entity, column));
    }
    let same = Expr::col((order::Entity, order::Column::Id)).equals((Entity, Column::OrderId));
    select
        .column((order::Entity, order::Column::Number))
        .from(Entity)
        .left_join(order::Entity, Condition::all().add(same))
        .and_where(Expr::col((Entity, Column::Kind)).is_in(kinds.iter().copied()));
    if let Some(store) = store {
        select.and_where(Expr::col((order::Entity, order::Column::StoreNumber)).eq(store.0));
    }
    select
}

impl JobState {
    fn code(self) -> &'static str {
        match self {
            Self::Waiting => PENDING,
            Self::Failed => NEEDS_ATTENTION,
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
            // 0 is no time: the obligation is due since it was caused.
            run_at: from_micros(if row.due_at == 0 {
                row.created_at
            } else {
                row.due_at
            })?,
        })
    }
}
