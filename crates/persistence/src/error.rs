//! The errors of reads and writes.

use sea_orm::DbErr;
use sea_orm::sqlx;
use thiserror::Error;

use crate::sql::retry;

/// A read or write that did not happen, or whose outcome the caller must know about.
#[derive(Debug, Clone, Error)]
pub enum DatabaseError {
    /// Another writer has changed the order, or the shop, since it was read.
    #[error("another change came first")]
    Conflict,
    /// A row with this key exists.
    #[error("exists already")]
    Duplicate,
    /// A row would have NULL where it needs a value. A statement writes NULL on purpose if the whole transaction must
    /// then change nothing.
    #[error("a value is NULL: {0}")]
    NullRefused(String),
    /// The database asks to run the whole transaction again.
    #[error("the database asks to try again: {0}")]
    Retry(String),
    /// The database's server is gone: it refuses connections, or it does not answer.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The database can be read and not written.
    #[error("the database is read-only")]
    ReadOnly,
    /// A newer version of this program has changed the schema. The value is the name of a step that this version does
    /// not know.
    #[error(
        "a newer version of this program has changed the schema (step `{0}`): start that version, or restore the \
         backup from before the upgrade"
    )]
    Newer(String),
    /// The database cannot be used.
    #[error("the database failed: {0}")]
    Failed(String),
    /// A row holds a value that this program never writes.
    #[error("a row does not make sense: {0}")]
    Corrupt(String),
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else {
            return if matches!(
                error,
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed
            ) {
                Self::Retry(error.to_string())
            } else {
                Self::Failed(error.to_string())
            };
        };
        if database.is_unique_violation() {
            return Self::Duplicate;
        }
        if matches!(database.kind(), sqlx::error::ErrorKind::NotNullViolation) {
            return Self::NullRefused(error.to_string());
        }
        let mysql_number = database
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .map(sqlx::mysql::MySqlDatabaseError::number);
        let code = database.code().unwrap_or_default().into_owned();
        if retry::is_temporary(&code, mysql_number) {
            Self::Retry(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{
            SQLITE_CONSTRAINT_NOTNULL, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE,
        };
        let Some(failure) = error.sqlite_error() else {
            return Self::Failed(error.to_string());
        };
        match (failure.code, failure.extended_code) {
            (_, SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => Self::Duplicate,
            (_, SQLITE_CONSTRAINT_NOTNULL) => Self::NullRefused(error.to_string()),
            (code, _) if retry::is_locked(code) => Self::Retry(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<DbErr> for DatabaseError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(sea_orm::RuntimeErr::SqlxError(inner))
            | DbErr::Exec(sea_orm::RuntimeErr::SqlxError(inner))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(inner)) => {
                match std::sync::Arc::try_unwrap(inner) {
                    Ok(inner) => inner.into(),
                    Err(shared) => Self::Failed(shared.to_string()),
                }
            }
            DbErr::ConnectionAcquire(problem) => Self::Retry(problem.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<hex::FromHexError> for DatabaseError {
    fn from(_: hex::FromHexError) -> Self {
        Self::Corrupt("a hash is not hexadecimal".into())
    }
}
