//! Settles an obligation that a person has met.
//!
//! The obligation is held for a moment first, as a worker holds it, so that no worker begins to meet it at the same
//! time. Then it is settled in the transaction of the order's change, which a second settlement cannot repeat.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, UpdateStatement};

use super::claim::new_fence;
use super::settle::EMPTY;
use super::{ABANDONED, MET, NEEDS_ATTENTION, PENDING};
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::{micros, to_micros};
use crate::sql::script::Script;

/// An obligation that no worker may begin to meet, until it is settled or released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldObligation {
    id: String,
    fence: i64,
}

/// The settlement of an obligation, to be written with a change of its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledObligation {
    /// The id of the obligation.
    pub id: String,
    /// The reference of the bank or the provider; empty where there is none.
    pub receipt: String,
    /// When the obligation was settled.
    pub at: DateTime<Utc>,
    /// How the obligation ends.
    pub ending: Ending,
}

/// How an obligation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its effect has happened.
    Met,
    /// Staff ended it, although its effect has not happened.
    Abandoned,
    /// Its effect has happened after all, although staff had ended it.
    Adopted,
}

impl Database {
    /// Holds the obligation with `id` for the length of `lease`; none if it is met, or if a worker holds it.
    pub async fn hold_obligation(
        &self,
        id: &str,
        lease: Duration,
    ) -> Result<Option<HeldObligation>, DatabaseError> {
        let fence = new_fence();
        let is_free = Expr::col(Column::LeaseUntil).lte(self.database_now());
        // The lease is this one where the answer was lost and the statement is sent again.
        let is_own = Expr::col(Column::Fence).eq(fence);
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(is_open())
            .and_where(is_free.or(is_own));
        let mut script = Script::write(self);
        let held = script.add_counted(&update);
        let is_held = script.commit().await?.touched(held)? > 0;
        Ok(is_held.then(|| HeldObligation { id: id.into(), fence }))
    }

    /// Ends a job that the program has given up, with an entry in the audit log. The result is false if the job is not
    /// given up any more. Its payload is deleted, because a payload may hold a key.
    pub async fn abandon_job(&self, id: &str, audit: &AuditEntry) -> Result<bool, DatabaseError> {
        let mut update = Query::update();
        update
            .value(Column::State, ABANDONED)
            .value(Column::Payload, EMPTY)
            .value(Column::DueAt, self.database_now())
            .value(Column::MetAt, self.database_now());
        self.update_unheld(update, id, &[NEEDS_ATTENTION], audit).await
    }

    /// Settles an obligation that a person has met and that is about no order, with an entry in the audit log. The result
    /// is false if the obligation is not open any more, or if a worker holds it.
    pub async fn settle_by_hand(
        &self,
        settled: &SettledObligation,
        audit: &AuditEntry,
    ) -> Result<bool, DatabaseError> {
        let at = to_micros(settled.at);
        let mut update = Query::update();
        update
            .value(Column::State, MET)
            .value(Column::Receipt, settled.receipt.as_str())
            .value(Column::LastError, "")
            .value(Column::DueAt, at)
            .value(Column::MetAt, at);
        self.update_unheld(update, &settled.id, &[PENDING, NEEDS_ATTENTION], audit)
            .await
    }

    /// Carries out `update` on the obligation `id` if it is in one of `states` and no worker holds it, with an entry in
    /// the audit log. The result is false if the obligation was not changed.
    pub(super) async fn update_unheld(
        &self,
        update: UpdateStatement,
        id: &str,
        states: &[&str],
        audit: &AuditEntry,
    ) -> Result<bool, DatabaseError> {
        let (mut script, changed) = self.unheld_script(update, id, states);
        let written = audit.add_where(&mut script, Entity, changed)?;
        match script.commit().await {
            Ok(answers) => Ok(answers.touched(written)? > 0),
            // Only the entry of the audit log can be a duplicate: the change was written before, and its answer was lost.
            Err(DatabaseError::Duplicate) => Ok(true),
            Err(problem) => Err(problem),
        }
    }

    /// The script that carries out `update` on the obligation `id` if it is in one of `states` and no worker holds it. With
    /// it comes the condition that a row of obligations was changed so: what else is written depends on it.
    pub(crate) fn unheld_script(
        &self,
        mut update: UpdateStatement,
        id: &str,
        states: &[&str],
    ) -> (Script<'_>, Condition) {
        // A random number marks the row, so that the rest is written only if the row was changed.
        let mark = new_fence();
        update
            .table(Entity)
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Fence, mark)
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(Expr::col(Column::State).is_in(states.iter().copied()))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        let mut script = Script::write_in_sequence(self);
        script.add(&update);
        let changed = Condition::all()
            .add(Expr::col(Column::Id).eq(id))
            .add(Expr::col(Column::Fence).eq(mark));
        (script, changed)
    }

    /// Releases an obligation that was not settled, so that it can be met or settled at once.
    pub async fn release_obligation(&self, held: &HeldObligation) -> Result<(), DatabaseError> {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::LeaseUntil, 0_i64)
            .and_where(Expr::col(Column::Id).eq(held.id.as_str()))
            .and_where(Expr::col(Column::Fence).eq(held.fence));
        let mut script = Script::write(self);
        script.add(&update);
        script.commit().await.map(|_| ())
    }
}

impl SettledObligation {
    /// The statement that settles the obligation. The new fence ends the claim of a worker whose lease is over.
    pub(crate) fn update(&self) -> UpdateStatement {
        self.update_where(Expr::col(Column::Id).eq(self.id.as_str()))
    }

    fn update_where(&self, which: Expr) -> UpdateStatement {
        let at = to_micros(self.at);
        let state = match self.ending {
            Ending::Met | Ending::Adopted => MET,
            Ending::Abandoned => ABANDONED,
        };
        let was = match self.ending {
            Ending::Met | Ending::Abandoned => is_open(),
            Ending::Adopted => Expr::col(Column::State).eq(ABANDONED),
        };
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::State, state)
            .value(Column::Receipt, self.receipt.as_str())
            .value(Column::LastError, "")
            .value(Column::DueAt, at)
            .value(Column::MetAt, at)
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Fence, new_fence())
            .and_where(which)
            .and_where(was);
        update
    }
}

/// An obligation that counted as met and is owed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReopenedObligation {
    /// The id of the obligation.
    pub id: String,
    /// Why staff must look at it; none where a worker goes on with it.
    pub problem: Option<String>,
}

impl ReopenedObligation {
    /// The statement that opens the obligation again.
    pub(crate) fn update(&self) -> UpdateStatement {
        let state = if self.problem.is_some() {
            NEEDS_ATTENTION
        } else {
            PENDING
        };
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::State, state)
            .value(Column::Receipt, "")
            .value(Column::LastError, self.problem.clone().unwrap_or_default())
            .value(Column::DueAt, 0_i64)
            .value(Column::MetAt, Option::<i64>::None)
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Fence, new_fence())
            .and_where(Expr::col(Column::Id).eq(self.id.as_str()))
            .and_where(Expr::col(Column::State).eq(MET));
        update
    }
}

/// The open obligations of a kind that have one beginning of their unique keys, and that are met by one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledByPrefix {
    /// The code of the kind.
    pub kind: String,
    /// The beginning of the unique keys, which has no `%` and no `_`.
    pub prefix: String,
    /// What happened.
    pub receipt: String,
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl SettledByPrefix {
    /// The statement that settles the obligations.
    pub(crate) fn update(&self) -> UpdateStatement {
        let settled = settled_as_met(&self.receipt, self.at);
        let mut update = settled.update_where(Expr::col(Column::Kind).eq(self.kind.as_str()));
        update.and_where(Expr::col(Column::UniqueKey).like(format!("{}%", self.prefix)));
        update
    }
}

/// The statement that settles the obligation with this unique key, if there is one and it is open.
pub(crate) fn met_by_key(unique_key: &str, receipt: &str, at: DateTime<Utc>) -> UpdateStatement {
    settled_as_met(receipt, at).update_where(Expr::col(Column::UniqueKey).eq(unique_key))
}

fn settled_as_met(receipt: &str, at: DateTime<Utc>) -> SettledObligation {
    SettledObligation {
        id: String::new(),
        receipt: receipt.to_owned(),
        at,
        ending: Ending::Met,
    }
}

fn is_open() -> Expr {
    Expr::col(Column::State).is_in([PENDING, NEEDS_ATTENTION])
}
