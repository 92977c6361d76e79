//! The clock for leases and due times is the clock of the
//! database, because the clocks of workers may differ by minutes.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseBackend;
use sea_orm::sea_query::Expr;

use crate::database::Database;
use crate::rows::time::to_micros;

/// The database's own clock, or a time that a test sets in place of the clock.
#[derive(Clone, Default)]
pub(crate) struct DatabaseClock(Option<Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>>);

impl Database {
    /// The same database with `time` in place of its clock, so that
    /// a test decides when leases end and when obligations are due.
    #[must_use]
    pub fn with_told_time(mut self, time: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = DatabaseClock(Some(Arc::new(time)));
        self
    }

    /// The present time in microseconds since 1970 UTC. The database reads its clock when it runs the statement.
    ///
    /// Each expression is constant within a statement, so that an index on due times can be used.
    pub(crate) fn database_now(&self) -> Expr {
        if let Some(told) = &self.clock.0 {
            return Expr::val(to_micros(told()));
        }
        Expr::cust(match self.backend() {
            DatabaseBackend::Postgres => {
                "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000 AS BIGINT)"
            }
            DatabaseBackend::MySql => "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))",
            _ => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        })
    }
}

impl fmt::Debug for DatabaseClock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() {
            "told time"
        } else {
            "the database's clock"
        })
    }
}
