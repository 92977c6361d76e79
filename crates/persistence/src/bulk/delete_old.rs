//! Deletes jobs that ended long ago, each whole: with the results of its orders. How long they are kept stands in
//! `app/src/tidy.rs`.

use std::time::Duration;

use countermand_domain::BulkState;
use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::bulk_cancellation::{Column, Entity};
use crate::rows::entity::bulk_cancellation_order as row;
use crate::rows::time::micros;
use crate::sql::script::Script;

impl Database {
    /// Deletes the job that ended first if it ended at least `kept` ago, with the results of its orders. Returns the
    /// number of deleted rows: 0 when no such job is left. Jobs that wait, run or are stopped are never deleted.
    pub async fn forget_bulk_cancellation(&self, kept: Duration) -> Result<u64, DatabaseError> {
        let mut select = Query::select();
        select
            .column(Column::Id)
            .from(Entity)
            .and_where(Expr::col(Column::State).eq(done()))
            .and_where(Expr::col(Column::FinishedAt).lte(self.database_now().sub(micros(kept))))
            .order_by(Column::FinishedAt, Direction::Asc)
            .limit(1);
        let mut script = Script::read(self);
        let old = script.rows::<(String,)>(&select);
        let Some((id,)) = script.fetch().await?.first(old)? else {
            return Ok(0);
        };
        let mut results = Query::delete();
        results
            .from_table(row::Entity)
            .and_where(Expr::col(row::Column::BulkId).eq(id.as_str()));
        let mut job = Query::delete();
        job.from_table(Entity)
            .and_where(Expr::col(Column::Id).eq(id.as_str()))
            .and_where(Expr::col(Column::State).eq(done()));
        let mut script = Script::write(self);
        let results = script.add_counted(&results);
        let job = script.add_counted(&job);
        let deleted = script.commit().await?;
        Ok(deleted.touched(results)? + deleted.touched(job)?)
    }
}

/// The code of the state of a job whose orders have their results. It never changes again.
fn done() -> &'static str {
    BulkState::Done.into()
}
