//! Claims obligations: one conditional statement gives a worker a batch of due obligations for a limited time, the lease
//! of `app/src/obligations/lease.rs`.
//!
//! Two rules keep workers apart. First, the statement skips the rows that another worker is
//! claiming, if the database supports this (PostgreSQL, MariaDB from 10.6, MySQL from 8). Second,
//! each claim draws a number, the fence, and later writes of the worker must name the number of its
//! claim. The second rule also holds between the nodes of a cluster, which do not share row locks.

use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use sea_orm::sea_query::{
    Expr, ExprTrait, IntoIden, LockBehavior, LockType, Order as Direction, Query, SelectStatement, TableRef,
    UpdateStatement,
};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::PENDING;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity, Model};
use crate::rows::time::{from_micros, micros};
use crate::sql::script::Script;

/// The name of the subquery that finds due rows, and of the subquery's column.
const DUE: &str = "due";
const DUE_ID: &str = "due_id";

/// An obligation that this worker holds until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedObligation {
    /// The id of the obligation. It is also the key with which an effect happens only once.
    pub id: String,
    /// The order to which the obligation belongs.
    pub order: Option<OrderId>,
    /// The JSON payload, whose fields depend on the kind.
    pub payload: String,
    /// The number of this attempt, from 1.
    pub attempt: i32,
    /// The time of the change that caused the obligation.
    pub created_at: DateTime<Utc>,
    /// What went wrong in the attempt before, or what was waited for; empty where there is nothing.
    pub problem: String,
    pub(super) fence: i64,
}

impl Database {
    /// The kinds among `kinds` that have a due obligation. This is a read, so that workers without work write no rows.
    pub async fn due_kinds<K: AsRef<str> + Copy>(&self, kinds: &[K]) -> Result<Vec<K>, DatabaseError> {
        let mut script = Script::read(self);
        let asked: Vec<_> = kinds
            .iter()
            .map(|kind| (*kind, script.rows::<(String,)>(&self.due(kind.as_ref(), 1))))
            .collect();
        let answers = script.fetch().await?;
        let mut due = Vec::new();
        for (kind, ids) in asked {
            if answers.first(ids)?.is_some() {
                due.push(kind);
            }
        }
        Ok(due)
    }

    /// Claims at most `limit` due obligations of `kind` for the length of `lease`, longest due first.
    pub async fn claim_obligations(
        &self,
        kind: &str,
        limit: u64,
        lease: Duration,
    ) -> Result<Vec<ClaimedObligation>, DatabaseError> {
        self.claim_obligations_but(kind, limit, lease, &[]).await
    }

    /// Claims obligations as [`Self::claim_obligations`] does, but none whose unique key begins with one of `but`.
    pub async fn claim_obligations_but(
        &self,
        kind: &str,
        limit: u64,
        lease: Duration,
        but: &[String],
    ) -> Result<Vec<ClaimedObligation>, DatabaseError> {
        let fence = new_fence();
        let mut script = Script::write(self);
        let claim = self.claim(kind, limit, lease, fence, but);
        let mut rows: Vec<Model> = if self.backend() == DatabaseBackend::MySql {
            // MySQL cannot return the rows of an update.
            let claimed = script.add_counted(&claim);
            let count = script.commit().await?.touched(claimed)?;
            self.held(kind, fence, count).await?
        } else {
            let claimed = script.add_returning(&claim);
            script.commit().await?.take(claimed)?
        };
        rows.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
        rows.into_iter().map(ClaimedObligation::try_from).collect()
    }

    /// The statement that claims due obligations.
    pub(crate) fn claim(
        &self,
        kind: &str,
        limit: u64,
        lease: Duration,
        fence: i64,
        but: &[String],
    ) -> UpdateStatement {
        let mut due = self.due(kind, limit);
        for beginning in but {
            due.and_where(Expr::col(Column::UniqueKey).not_like(format!("{beginning}%")));
        }
        // SQLite has one writer at a time, so statements for SQLite omit this lock.
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let mut claim = Query::update();
        claim
            .table(Entity)
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .value(Column::Attempts, Expr::col((Entity, Column::Attempts)).add(1))
            .from(TableRef::SubQuery(Box::new(due), DUE.into_iden()))
            .and_where(Expr::col((Entity, Column::Id)).equals((DUE, DUE_ID)));
        if self.backend() != DatabaseBackend::MySql {
            claim.returning(Query::returning().columns([
                Column::Id,
                Column::Kind,
                Column::UniqueKey,
                Column::OrderId,
                Column::OrderVersion,
                Column::State,
                Column::Payload,
                Column::Attempts,
                Column::DueAt,
                Column::LeaseUntil,
                Column::Fence,
                Column::LastError,
                Column::Receipt,
                Column::CreatedAt,
                Column::MetAt,
            ]));
        }
        claim
    }

    /// The ids of due obligations of `kind`, longest due first.
    fn due(&self, kind: &str, limit: u64) -> SelectStatement {
        let mut due = Query::select();
        due.expr_as(Expr::col(Column::Id), DUE_ID)
            .from(Entity)
            .and_where(Expr::col(Column::State).eq(PENDING))
            .and_where(Expr::col(Column::Kind).eq(kind))
            .and_where(Expr::col(Column::DueAt).lte(self.database_now()))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()))
            .order_by(Column::DueAt, Direction::Asc)
            .order_by(Column::Id, Direction::Asc)
            .limit(limit);
        due
    }

    /// The rows that the claim with the number `fence` holds.
    async fn held(&self, kind: &str, fence: i64, count: u64) -> Result<Vec<Model>, DatabaseError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut script = Script::read(self);
        let held = script.select(
            Entity::find()
                .filter(Column::State.eq(PENDING))
                .filter(Column::Kind.eq(kind))
                .filter(Expr::col(Column::DueAt).lte(self.database_now()))
                .filter(Column::Fence.eq(fence))
                .order_by_asc(Column::DueAt)
                .order_by_asc(Column::Id)
                .limit(count),
        );
        script.fetch().await?.take(held)
    }

    #[cfg(test)]
    pub(crate) fn due_script(&self, kind: &str) -> Script<'_> {
        let mut script = Script::read(self);
        script.add(&self.due(kind, 1));
        script.add(&self.claim(kind, 16, Duration::from_secs(1), 1, &[]));
        script
    }
}

/// A number that no other claim has drawn: 62 random bits.
#[expect(clippy::disallowed_methods, reason = "a fence is compared and never shown")]
pub(crate) fn new_fence() -> i64 {
    const RANDOM: u128 = (1 << 62) - 1;
    i64::try_from(Uuid::now_v7().as_u128() & RANDOM).unwrap_or(i64::MAX)
}

impl TryFrom<Model> for ClaimedObligation {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            created_at: from_micros(row.created_at)?,
            order: row.order_id.and_then(OrderId::from_number),
            id: row.id,
            payload: row.payload,
            attempt: row.attempts,
            problem: row.last_error,
            fence: row.fence,
        })
    }
}
