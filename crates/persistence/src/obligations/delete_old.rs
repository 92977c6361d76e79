//! Deletes obligations that were met or abandoned long ago, a few at a time. How long they are kept stands in
//! `app/src/tidy.rs`.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::micros;
use crate::sql::script::Script;

impl Database {
    /// Deletes at most `limit` obligations of `kind` that reached their last `state`, [`MET`](super::MET) or
    /// [`ABANDONED`](super::ABANDONED), at least `kept` ago, and returns the number of deleted ones.
    pub async fn forget_ended_obligations(
        &self,
        kind: &str,
        state: &str,
        kept: Duration,
        limit: u64,
    ) -> Result<u64, DatabaseError> {
        let mut select = Query::select();
        select
            .column(Column::Id)
            .from(Entity)
            .and_where(Expr::col(Column::State).eq(state))
            .and_where(Expr::col(Column::Kind).eq(kind))
            .and_where(Expr::col(Column::DueAt).lte(self.database_now().sub(micros(kept))))
            .order_by(Column::DueAt, Direction::Asc)
            .limit(limit);
        let mut script = Script::read(self);
        let old = script.rows::<(String,)>(&select);
        let old = script.fetch().await?.take(old)?;
        if old.is_empty() {
            return Ok(0);
        }
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Expr::col(Column::Id).is_in(old.into_iter().map(|(id,)| id)))
            .and_where(Expr::col(Column::State).eq(state));
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }
}
