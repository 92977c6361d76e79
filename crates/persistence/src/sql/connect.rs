//! Opens a database by its URL.

use std::fmt;
use std::thread::available_parallelism;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions as SeaOptions, DatabaseConnection};
use thiserror::Error;

use crate::sql::reachability::Server;
use crate::sql::session;
use crate::sql::sqlite::Sqlite;
use crate::sql::url::{with_known_parameters, without_password, without_secrets_of};

/// The number of prepared statements that each connection keeps: the most recently used ones.
pub(crate) const STATEMENTS_KEPT: usize = 200;
/// The time for which a request waits until a connection is free.
pub(crate) const CONNECTION_PATIENCE: Duration = Duration::from_secs(8);
/// The time for which SQLite waits for a lock of another program.
pub(crate) const LOCK_PATIENCE: Duration = Duration::from_secs(20);

/// The size of a page of a new SQLite file, in bytes. A change of an order changes some 17 pages, one row of each, and
/// each is written twice: to the log and to the file. With pages of 4,096 bytes, the usual size, twice as much is written,
/// and a tenth fewer cancellations fit into a second. An existing file keeps its size.
const PAGE_SIZE: u32 = 2_048;

/// The largest number of connections to SQLite apart from those of the scripts. The steps of the schema use them.
const MIGRATING: u32 = 2;

/// The largest number of connections to a server in an installation that sets none.
pub const MAX_CONNECTIONS: u32 = 12;

/// How a database is opened. Its `Debug` form holds no password.
#[derive(Clone)]
pub struct ConnectOptions {
    /// `sqlite:countermand.db`, `postgres://user@host/name` or `mysql://user@host/name`.
    pub url: String,
    /// The largest number of connections to a server. 8 to 16 connections are best on two cores. SQLite has one
    /// connection that writes, and at most two for each core that read.
    pub max_connections: u32,
    /// The time after which the database stops a statement. On SQLite, the limit holds for all statements of a script
    /// together. With `None`, statements take the time that they need.
    pub statement_timeout: Option<Duration>,
    /// The time that a server has to accept a new connection while a statement takes long. A server that does not is
    /// taken for gone, and the statement fails.
    pub reachable_within: Duration,
    /// Whether a pooler such as `PgBouncer` stands between this program and PostgreSQL
    /// and gives one server to many clients from transaction to transaction. In this
    /// case, the program keeps no prepared statements and sets up no sessions.
    pub behind_pooler: bool,
    /// Whether a missing file of SQLite is created.
    pub creates_file: bool,
}

/// The reason why a database could not be opened. Each message says what to do.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The URL names no database that this program knows.
    #[error(
        "`{0}` is not a database URL: use sqlite:FILE, postgres://USER@HOST/NAME or mysql://USER@HOST/NAME \
         (set --database-url or DATABASE_URL)"
    )]
    BadUrl(String),
    /// The URL names a database of SQLite without a file.
    #[error(
        "a database in memory would be lost when the program ends: name a file, such as sqlite:countermand.db"
    )]
    InMemory,
    /// There is no file of this name, and this command creates none.
    #[error("there is no database {0}: `countermand serve` and `countermand migrate` create one")]
    Missing(String),
    /// The database does not answer, or it refuses the connection.
    #[error(
        "cannot open {url}: {problem}. Is the database running, does it exist, and may this user connect?"
    )]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// The driver's message.
        problem: String,
    },
}

impl ConnectOptions {
    /// The usual settings for `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            max_connections: MAX_CONNECTIONS,
            statement_timeout: None,
            reachable_within: CONNECTION_PATIENCE,
            behind_pooler: false,
            creates_file: true,
        }
    }

    /// Makes sure that the server accepts connections, or that the file exists if it must. The pool itself would try
    /// again for seconds, and not say why.
    pub(crate) async fn find(&self) -> Result<(), ConnectError> {
        let url = self.driver_url()?;
        let unreadable = |problem| self.unreachable(&problem);
        let server = if url.starts_with("mysql") {
            Server::MySql(Box::new(url.parse().map_err(unreadable)?))
        } else if url.starts_with("postgres") {
            let options: PgConnectOptions = url.parse().map_err(unreadable)?;
            // Poolers refuse this option of a connection.
            Server::Postgres(Box::new(options.extra_float_digits(None)))
        } else {
            let options: SqliteConnectOptions = url.parse().map_err(unreadable)?;
            if !self.creates_file && !options.get_filename().exists() {
                return Err(ConnectError::Missing(self.url.clone()));
            }
            Server::None
        };
        let found = server.greet(CONNECTION_PATIENCE).await;
        found.map_err(|problem| self.unreachable(&problem))
    }

    pub(crate) async fn open(&self) -> Result<DatabaseConnection, ConnectError> {
        let url = self.driver_url()?;
        let is_file = url.starts_with("sqlite");
        let creates_file = self.creates_file;
        if url.starts_with("postgres") {
            for parameter in with_known_parameters(&self.url).1 {
                tracing::warn!(
                    parameter,
                    "the database URL has a parameter that is not known, so it has no effect"
                );
            }
        }
        let mut options = SeaOptions::new(url);
        options
            .max_connections(if is_file { MIGRATING } else { self.max_connections })
            // A minimum would cost a task after each script, because `Leased` returns the connections.
            .min_connections(0)
            .connect_timeout(CONNECTION_PATIENCE)
            .acquire_timeout(CONNECTION_PATIENCE)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .create_if_missing(creates_file)
                    .page_size(PAGE_SIZE)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(LOCK_PATIENCE)
            });
        let behind_pooler = self.behind_pooler;
        options.map_sqlx_postgres_opts(move |postgres| {
            if behind_pooler {
                // Poolers refuse this option of a connection, which changes nothing for integers and texts.
                postgres.statement_cache_capacity(0).extra_float_digits(None)
            } else {
                postgres.statement_cache_capacity(STATEMENTS_KEPT)
            }
        });
        session::set_up(&mut options, self.statement_timeout, behind_pooler);
        sea_orm::Database::connect(options)
            .await
            .map_err(|problem| self.unreachable(&problem))
    }

    /// The file of SQLite that `db` has opened.
    pub(crate) fn open_file(&self, db: &DatabaseConnection) -> Result<Sqlite, ConnectError> {
        let sqlx_options = db.get_sqlite_connection_pool().connect_options();
        let cores = available_parallelism().map_or(1, usize::from);
        let most = usize::try_from(self.max_connections).unwrap_or(usize::MAX);
        Sqlite::open(sqlx_options.get_filename(), cores, most, self.statement_timeout)
            .map_err(|problem| self.unreachable(&problem))
    }

    /// Whether the URL names a MariaDB server. The result is an error if the server's settings cannot be made to fit.
    pub(crate) async fn names_mariadb(&self) -> Result<bool, ConnectError> {
        let url = self.driver_url()?;
        if !url.starts_with("mysql") {
            return Ok(false);
        }
        let options = url.parse().map_err(|problem| self.unreachable(&problem))?;
        let is_mariadb = session::is_mariadb(&options).await;
        is_mariadb.map_err(|problem| self.unreachable(&problem))
    }

    pub(crate) fn unreachable(&self, problem: &impl ToString) -> ConnectError {
        ConnectError::Unreachable {
            url: without_password(&self.url),
            problem: without_secrets_of(&self.url, &problem.to_string()),
        }
    }

    /// The URL in the spelling of the drivers. A bare file name after `sqlite:` is accepted.
    fn driver_url(&self) -> Result<String, ConnectError> {
        let scheme = self.url.split_once(':').map(|(scheme, _)| scheme);
        if self.url.contains(":memory:") || self.url.contains("mode=memory") {
            return Err(ConnectError::InMemory);
        }
        match scheme {
            Some("postgres" | "postgresql") => Ok(with_known_parameters(&self.url).0),
            Some("sqlite" | "mysql") => Ok(self.url.clone()),
            Some("mariadb") => Ok(self.url.replacen("mariadb", "mysql", 1)),
            _ => Err(ConnectError::BadUrl(without_password(&self.url))),
        }
    }
}

impl fmt::Debug for ConnectOptions {
    /// Writes the options without the password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConnectOptions")
            .field("url", &without_password(&self.url))
            .field("max_connections", &self.max_connections)
            .field("statement_timeout", &self.statement_timeout)
            .field("reachable_within", &self.reachable_within)
            .field("behind_pooler", &self.behind_pooler)
            .field("creates_file", &self.creates_file)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_printed() {
        let options = ConnectOptions::new("postgres://u:s3cret@h/db?sslpassword=s3cret");
        assert!(!format!("{options:?}").contains("s3cret"));
        let problem = options.unreachable(&"cannot parse `s3cret`").to_string();
        assert!(!problem.contains("s3cret"), "{problem}");
    }

    #[test]
    fn an_unknown_scheme_says_which_are_known() {
        let refused = ConnectOptions::new("oracle://x").driver_url();
        assert!(refused.is_err_and(|it| it.to_string().contains("postgres://")));
    }
}
