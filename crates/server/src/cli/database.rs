//! The options for the database.

use std::fmt;

use clap::{Args, ValueEnum};
use countermand_persistence::{MAX_CONNECTIONS, without_password};

#[expect(clippy::struct_field_names, reason = "the flags have these names")]
#[derive(Clone, Args)]
pub(crate) struct DatabaseArgs {
    /// Database: `sqlite:FILE`, `postgres://USER:PASSWORD@HOST/NAME` or `mysql://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:countermand.db",
        hide_env_values = true
    )]
    pub(crate) database_url: String,
    /// Largest number of connections to the database.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = MAX_CONNECTIONS, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) database_connections: u32,
    /// The pooler between this program and PostgreSQL, if there is one. With `transaction`, no statement is kept
    /// prepared, and statement timeouts are the server's own.
    #[arg(long, env = "DATABASE_POOLER", value_enum, default_value_t = Pooler::None)]
    pub(crate) database_pooler: Pooler,
}

/// How a pooler such as `PgBouncer` hands out its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pooler {
    /// There is no pooler, or it keeps one server for each client (session mode).
    None,
    /// It keeps one server for each transaction only.
    Transaction,
}

impl fmt::Debug for DatabaseArgs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DatabaseArgs")
            .field("database_url", &without_password(&self.database_url))
            .finish_non_exhaustive()
    }
}
