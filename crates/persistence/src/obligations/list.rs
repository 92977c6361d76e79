//! Lists obligations as jobs for staff, without their payloads.

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, OrderNumber, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order as Direction, Query, SelectStatement};

use serde::{Deserialize, Serialize};

use super::{NEEDS_ATTENTION, PENDING};
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::entity::order;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::Script;

/// The state of an obligation that is not met, in the list of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// A worker will meet the obligation, or try it again.
    Waiting,
    /// The program has given the obligation up, so staff must decide.
    Failed,
}

/// An obligation without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// The id of the obligation, sortable by time.
    pub id: String,
    /// The code of the kind, such as `mail`.
    pub kind: String,
    /// The state of the obligation.
    pub state: JobState,
    /// The order to which the obligation belongs.
    pub order: Option<OrderId>,
    /// The number of the order.
    pub order_number: Option<OrderNumber>,
    /// The number of attempts so far.
    pub attempts: i32,
    /// The error of the last attempt; empty before the first attempt.
    pub last_error: String,
    /// The time of the change that caused the obligation.
    pub created_at: DateTime<Utc>,
    /// The time when the obligation is due. Of a failed obligation, the time when it was given up.
    pub run_at: DateTime<Utc>,
}

/// A page of jobs, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<ListedJob>,
    /// Whether older jobs exist.
    pub has_more: bool,
}

#[derive(Deserialize, Serialize)]
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

impl Database {
    /// At most `limit` obligations of `kinds` in `state` that are older than `before`, newest first. If `store` is
    /// given, the list holds only obligations for orders of this store view.
    pub async fn jobs(
        &self,
        kinds: &[&str],
        state: JobState,
        store: Option<StoreNumber>,
        before: Option<&str>,
        limit: u64,
    ) -> Result<JobPage, DatabaseError> {
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

    /// The obligation of `kinds` with `id`, if it is waiting or failed.
    /// If `store` is given, the order must be of this store view.
    pub async fn job(
        &self,
        kinds: &[&str],
        id: &str,
        store: Option<StoreNumber>,
    ) -> Result<Option<ListedJob>, DatabaseError> {
        let mut select = rows(kinds, store);
        select
            .and_where(Expr::col((Entity, Column::Id)).eq(id))
            .and_where(Expr::col((Entity, Column::State)).is_in([PENDING, NEEDS_ATTENTION]));
        let mut script = Script::read(self);
        let row = script.rows(&select);
        let row: Option<Row> = script.fetch().await?.first(row)?;
        row.map(ListedJob::try_from).transpose()
    }

    /// Makes a waiting or failed obligation due at once and sets its attempts to zero. The result is false if a worker
    /// holds the obligation, or if it does not exist.
    pub async fn make_job_due(&self, id: &str, audit: &AuditEntry) -> Result<bool, DatabaseError> {
        let mut update = Query::update();
        update
            .value(Column::State, PENDING)
            .value(Column::DueAt, 0_i64)
            .value(Column::Attempts, 0);
        self.update_unheld(update, id, &[PENDING, NEEDS_ATTENTION], audit)
            .await
    }
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

impl ListedJob {
    /// The job as text, for [`from_text`](Self::from_text).
    #[must_use]
    pub fn to_text(&self) -> String {
        let row = Row {
            id: self.id.clone(),
            kind: self.kind.clone(),
            state: self.state.code().to_owned(),
            order_id: self.order.map(OrderId::number),
            attempts: self.attempts,
            last_error: self.last_error.clone(),
            created_at: to_micros(self.created_at),
            due_at: to_micros(self.run_at),
            number: self.order_number.clone().map(String::from),
        };
        // A row of texts and numbers always has a form in JSON.
        serde_json::to_string(&row).unwrap_or_default()
    }

    /// The job that [`to_text`](Self::to_text) wrote; none for another text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let row: Row = serde_json::from_str(text).ok()?;
        Self::try_from(row).ok()
    }
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
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        let states = [JobState::Waiting, JobState::Failed];
        let state = states.into_iter().find(|it| it.code() == row.state);
        Ok(Self {
            id: row.id,
            kind: row.kind,
            state: state.ok_or_else(|| DatabaseError::Corrupt(format!("job state `{}`", row.state)))?,
            order: row.order_id.and_then(OrderId::from_number),
            order_number: row.number.map(OrderNumber::from),
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: from_micros(row.created_at)?,
            // The value 0 is not a time: the obligation has been due since it was caused.
            run_at: from_micros(if row.due_at == 0 {
                row.created_at
            } else {
                row.due_at
            })?,
        })
    }
}
