//! Opening a database by its URL.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions as SeaOptions, Database, DatabaseConnection};
use thiserror::Error;

use crate::statement_timeout::end_statements_after;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// `sqlite:countermand.db`, `postgres://user@host/name` or `mysql://user@host/name`.
    pub url: String,
    /// Connections kept at most; 8 to 16 is best on two cores.
    pub max_connections: u32,
    /// How long the database works on one statement, on SQLite on those that travel together; then it ends them.
    /// None lets them take the time they need.
    pub statement_timeout: Option<Duration>,
}

/// Why a database could not be opened; each message says what to do.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The URL names no database that this program knows.
    #[error(
        "`{0}` is not a database URL: use sqlite:FILE, postgres://USER@HOST/NAME or mysql://USER@HOST/NAME \
         (set --database-url or DATABASE_URL)"
    )]
    BadUrl(String),
    /// The database does not answer or refuses.
    #[error(
        "cannot open {url}: {problem}. Is the database running, does it exist, and may this user connect?"
    )]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// What the driver said.
        problem: String,
    },
}

impl ConnectOptions {
    /// The usual settings for `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            max_connections: 12,
            statement_timeout: None,
        }
    }

    pub(crate) async fn open(&self) -> Result<DatabaseConnection, ConnectError> {
        let url = self.driver_url()?;
        let mut options = SeaOptions::new(url);
        options
            .max_connections(self.max_connections)
            .min_connections(1)
            .connect_timeout(Duration::from_secs(8))
            .acquire_timeout(Duration::from_secs(8))
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(20))
                    .pragma("cache_size", "-4000")
            });
        if let Some(limit) = self.statement_timeout {
            end_statements_after(limit, &mut options);
        }
        Database::connect(options)
            .await
            .map_err(|problem| ConnectError::Unreachable {
                url: without_password(&self.url),
                problem: problem.to_string(),
            })
    }

    /// The URL as the drivers spell it; a bare file name with `sqlite:` is fine.
    fn driver_url(&self) -> Result<String, ConnectError> {
        let scheme = self.url.split_once(':').map(|(scheme, _)| scheme);
        match scheme {
            Some("sqlite" | "postgres" | "postgresql" | "mysql") => Ok(self.url.clone()),
            Some("mariadb") => Ok(self.url.replacen("mariadb", "mysql", 1)),
            _ => Err(ConnectError::BadUrl(without_password(&self.url))),
        }
    }
}

/// The URL as it may be printed.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.into();
    };
    let Some((user_info, host)) = rest.rsplit_once('@') else {
        return url.into();
    };
    let user = user_info.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_printed() {
        assert_eq!(without_password("postgres://u:s3cret@h/db"), "postgres://u@h/db");
        assert_eq!(without_password("sqlite:shop.db"), "sqlite:shop.db");
    }

    #[test]
    fn an_unknown_scheme_says_which_are_known() {
        let refused = ConnectOptions::new("oracle://x").driver_url();
        assert!(refused.is_err_and(|it| it.to_string().contains("postgres://")));
    }
}
