//! Writes the outcome of a claimed obligation, if the claim still holds.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};

use super::claim::ClaimedObligation;
use super::{MET, NEEDS_ATTENTION, PENDING};
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::micros;
use crate::sql::script::Script;

/// The value that replaces a payload in a kept row, because a payload may hold a key.
pub(super) const EMPTY: &str = "{}";

impl Database {
    /// Records that the effect has happened; `receipt` proves it. Without `keeps_payload`, the payload is deleted.
    ///
    /// This function and the next two return false if the lease ended and another worker has claimed the obligation.
    pub async fn obligation_is_met(
        &self,
        held: &ClaimedObligation,
        receipt: &str,
        keeps_payload: bool,
    ) -> Result<bool, DatabaseError> {
        let mut update = settle(held);
        update
            .value(Column::State, MET)
            .value(Column::Receipt, clean(receipt))
            .value(Column::LastError, "")
            .value(Column::DueAt, self.database_now())
            .value(Column::MetAt, self.database_now());
        if !keeps_payload {
            update.value(Column::Payload, EMPTY);
        }
        self.write(&update).await
    }

    /// Makes the obligation due again after `wait`.
    pub async fn postpone_obligation(
        &self,
        held: &ClaimedObligation,
        wait: Duration,
        why: &str,
    ) -> Result<bool, DatabaseError> {
        let mut update = settle(held);
        update
            .value(Column::DueAt, self.database_now().add(micros(wait)))
            .value(Column::LastError, clean(why));
        self.write(&update).await
    }

    /// Makes the obligation due again after `wait`, as if it had not been tried.
    pub async fn put_off_obligation(
        &self,
        held: &ClaimedObligation,
        wait: Duration,
        why: &str,
    ) -> Result<bool, DatabaseError> {
        let mut update = settle(held);
        update
            .value(Column::DueAt, self.database_now().add(micros(wait)))
            .value(Column::Attempts, held.attempt - 1)
            .value(Column::LastError, clean(why));
        self.write(&update).await
    }

    /// Gives the obligation up, so that staff must decide. The due time of its row becomes the time of this write.
    pub async fn leave_obligation_to_staff(
        &self,
        held: &ClaimedObligation,
        why: &str,
    ) -> Result<bool, DatabaseError> {
        let mut update = settle(held);
        update
            .value(Column::State, NEEDS_ATTENTION)
            .value(Column::DueAt, self.database_now())
            .value(Column::LastError, clean(why));
        self.write(&update).await
    }

    /// Returns obligations that were claimed and not tried, so
    /// that other workers need not wait for the end of the lease.
    pub async fn give_back_obligations(&self, held: &[ClaimedObligation]) -> Result<(), DatabaseError> {
        if held.is_empty() {
            return Ok(());
        }
        let mut script = Script::write(self);
        for held in held {
            let mut update = settle(held);
            update
                .value(Column::Attempts, held.attempt - 1)
                .value(Column::Fence, 0_i64);
            script.add(&update);
        }
        script.commit().await.map(|_| ())
    }

    /// Makes all waiting obligations of `kinds` due at once that no worker holds.
    pub async fn make_due<K: AsRef<str>>(&self, kinds: &[K]) -> Result<(), DatabaseError> {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::DueAt, 0_i64)
            .and_where(Expr::col(Column::State).eq(PENDING))
            .and_where(Expr::col(Column::Kind).is_in(kinds.iter().map(AsRef::as_ref)))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        self.write(&update).await.map(|_| ())
    }

    /// Makes the waiting obligations of `kind` due at once whose key begins with `prefix`, which has no `%` and no `_`,
    /// and that no worker holds.
    pub async fn make_due_by_key(&self, kind: &str, prefix: &str) -> Result<(), DatabaseError> {
        self.write(&self.due_by_key(kind, prefix)).await.map(|_| ())
    }

    pub(crate) fn due_by_key(&self, kind: &str, prefix: &str) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::DueAt, 0_i64)
            .and_where(Expr::col(Column::State).eq(PENDING))
            .and_where(Expr::col(Column::Kind).eq(kind))
            .and_where(Expr::col(Column::UniqueKey).like(format!("{prefix}%")))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        update
    }

    async fn write(&self, update: &UpdateStatement) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        let settled = script.add_counted(update);
        Ok(script.commit().await?.touched(settled)? > 0)
    }
}

/// An update that ends the claim of the obligation, if the claim still holds.
fn settle(held: &ClaimedObligation) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(Entity)
        .value(Column::LeaseUntil, 0_i64)
        .and_where(Expr::col(Column::Id).eq(held.id.as_str()))
        .and_where(Expr::col(Column::Fence).eq(held.fence));
    update
}

/// The text of a server without NUL characters, which not every database can store.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
