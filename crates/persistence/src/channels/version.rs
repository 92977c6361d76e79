//! The marks of the versions of channels' orders, which keep two writers of the same version apart.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Order, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::channel_order_version::{Column, Entity};
use crate::rows::time::to_micros;
use crate::sql::script::{Rows, Script};

impl Database {
    /// Deletes the marks of versions that were written at least `kept` before `now`, the oldest first, about `most` of
    /// them; the number of deleted rows. A mark only keeps two writers apart that began at the same time.
    pub async fn forget_channel_versions(
        &self,
        kept: TimeDelta,
        now: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, DatabaseError> {
        let (script, oldest) = self.oldest_channel_versions_script(to_micros(now - kept), most);
        let Some((last,)) = script.fetch().await?.take(oldest)?.pop() else {
            return Ok(0);
        };
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&versions_until(last));
        script.commit().await?.touched(forgotten)
    }

    /// When each of the oldest `most` marks was written, up to the instant `until` in microseconds.
    pub(crate) fn oldest_channel_versions_script(&self, until: i64, most: u64) -> (Script<'_>, Rows<(i64,)>) {
        let mut oldest = Query::select();
        oldest
            .column(Column::At)
            .from(Entity)
            .and_where(Expr::col(Column::At).lte(until))
            .order_by(Column::At, Order::Asc)
            .limit(most);
        let mut script = Script::read(self);
        let oldest = script.rows::<(i64,)>(&oldest);
        (script, oldest)
    }
}

/// The deletion of all marks up to the instant `last` in microseconds.
pub(crate) fn versions_until(last: i64) -> DeleteStatement {
    let mut delete = Query::delete();
    delete
        .from_table(Entity)
        .and_where(Expr::col(Column::At).lte(last));
    delete
}
