//! Lets obligations be tried soon that wait because of what is over by now.

use std::time::Duration;

use sea_orm::sea_query::{
    Expr, ExprTrait, IntoIden, LockBehavior, LockType, Order as Direction, Query, TableRef, UpdateStatement,
};

use super::PENDING;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::micros;
use crate::sql::script::Script;

/// The name of the subquery that finds waiting rows, and of the subquery's column.
const WAITING: &str = "waiting";
const WAITING_ID: &str = "waiting_id";
/// The most obligations of a kind that are woken at once.
const MOST: u64 = 500;
/// The time over which they are spread.
const SPREAD: Duration = Duration::from_secs(5);

impl Database {
    /// Makes obligations of `kinds` due within five seconds that are not due yet, that no worker holds, and whose problem
    /// begins with `beginning`, which has no `%` and no `_`: at most 500 of each kind, those first that are due first.
    ///
    /// Their problem is `why` afterwards, which begins otherwise, so that a repetition does not delay them.
    pub async fn wake_obligations(
        &self,
        kinds: &[&str],
        beginning: &str,
        why: &str,
    ) -> Result<(), DatabaseError> {
        self.wake_script(kinds, beginning, why).commit().await.map(|_| ())
    }

    /// The script that wakes obligations: one statement for each kind.
    pub(crate) fn wake_script(&self, kinds: &[&str], beginning: &str, why: &str) -> Script<'_> {
        let mut script = Script::write(self);
        for kind in kinds {
            script.add(&self.wake(kind, beginning, why));
        }
        script
    }

    fn wake(&self, kind: &str, beginning: &str, why: &str) -> UpdateStatement {
        let mut waiting = Query::select();
        waiting
            .expr_as(Expr::col(Column::Id), WAITING_ID)
            .from(Entity)
            .and_where(Expr::col(Column::State).eq(PENDING))
            .and_where(Expr::col(Column::Kind).eq(kind))
            .and_where(Expr::col(Column::DueAt).gt(self.database_now()))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()))
            .and_where(Expr::col(Column::LastError).like(format!("{beginning}%")))
            .order_by(Column::DueAt, Direction::Asc)
            .order_by(Column::Id, Direction::Asc)
            .limit(MOST)
            // Rows that another process claims or wakes at this moment are left to it.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        // The number of the last claim is drawn at random, and the same for all rows of that claim. So what was claimed
        // together is due together, and other claims at other moments.
        let after = Expr::col((Entity, Column::Fence)).modulo(micros(SPREAD));
        let mut wake = Query::update();
        wake.table(Entity)
            .value(Column::DueAt, self.database_now().add(after))
            .value(Column::LastError, why)
            .from(TableRef::SubQuery(Box::new(waiting), WAITING.into_iden()))
            .and_where(Expr::col((Entity, Column::Id)).equals((WAITING, WAITING_ID)));
        wake
    }
}
