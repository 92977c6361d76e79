//! The clock of the database decides about leases and due times: the clocks of workers may be minutes apart.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseBackend;
use sea_orm::sea_query::Expr;

use crate::store::Store;
use crate::time::to_micros;

/// The database's own clock, or the time that a test tells in its place.
#[derive(Clone, Default)]
pub(crate) struct DatabaseClock(Option<Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>>);

impl Store {
    /// The same database with `time` in the place of its clock, so that a test decides when leases end and when
    /// obligations are due.
    #[must_use]
    pub fn with_told_time(mut self, time: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = DatabaseClock(Some(Arc::new(time)));
        self
    }

    /// Now, in microseconds since 1970 UTC, as the database finds out when it runs the statement.
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
