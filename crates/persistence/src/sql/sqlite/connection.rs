//! One connection to a database file, and the rows that it reads.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rusqlite::types::Value;
use rustix::fs::Access;
use rustix::io::Errno;
use sea_orm::sea_query;

use crate::error::DatabaseError;
use crate::sql::answers::Answer;
use crate::sql::columns::{Columns, Unreadable};
use crate::sql::connect::{LOCK_PATIENCE, STATEMENTS_KEPT};
use crate::sql::script::{Output, Statement};
use crate::sql::sqlite::Outcome;

/// The number of steps of SQLite's virtual machine, some hundred
/// microseconds, after which SQLite checks the time limit.
const STEPS: i32 = 10_000;

/// A connection, which runs one script at a time.
#[derive(Debug)]
pub(super) struct Connection {
    sqlite: rusqlite::Connection,
    /// The time that one script may take.
    limit: Option<Duration>,
}

/// The values of one row.
#[derive(Debug)]
pub(crate) struct Row(Vec<Value>);

impl Connection {
    /// Opens the file, and makes it if it does not exist.
    pub(super) fn open(file: &Path, limit: Option<Duration>) -> Result<Self, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = rusqlite::Connection::open_with_flags(file, flags)?;
        sqlite.busy_timeout(LOCK_PATIENCE)?;
        sqlite.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        // `Checkpoints` moves the log into the file. A connection that writes does it itself only if the log has 32,000
        // pages, which are 64 MB, or 128 MB of a file with pages of 4,096 bytes: the log does not grow without a limit.
        sqlite.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = 32000",
        )?;
        Ok(Self { sqlite, limit })
    }

    /// Runs the statements one after the other, and stops them when the script's time is over.
    pub(super) fn run(&self, statements: &[Statement]) -> Outcome {
        let Some(limit) = self.limit else {
            return self.run_all(statements);
        };
        // SQLite has no time limit, but it asks regularly whether to stop.
        let until = Instant::now() + limit;
        let is_over = move || Instant::now() >= until;
        self.sqlite.progress_handler(STEPS, Some(is_over))?;
        let answers = self.run_all(statements);
        // The next statement, which may be a commit, must not end because this script's time is over.
        self.sqlite.progress_handler(STEPS, None::<fn() -> bool>)?;
        answers
    }

    fn run_all(&self, statements: &[Statement]) -> Outcome {
        let mut answers = Vec::with_capacity(statements.len());
        for statement in statements {
            let mut prepared = self.sqlite.prepare_cached(&statement.text)?;
            for (value, position) in statement.values.iter().zip(1_usize..) {
                bind(&mut prepared, position, value)?;
            }
            match statement.output {
                Output::Rows | Output::Returned => {
                    let count = prepared.column_count();
                    let mut rows = prepared.raw_query();
                    let mut read = Vec::new();
                    while let Some(row) = rows.next()? {
                        let values = (0..count).map(|at| row.get(at));
                        read.push(Row(values.collect::<Result<_, _>>()?));
                    }
                    answers.push(Answer::Rows(read));
                }
                Output::Touched => {
                    let touched = prepared.raw_execute()?;
                    answers.push(Answer::Touched(u64::try_from(touched).unwrap_or(u64::MAX)));
                }
                Output::Nothing => {
                    prepared.raw_execute()?;
                }
            }
        }
        Ok(answers)
    }

    /// Runs a statement of this program that has neither values nor an answer.
    pub(super) fn execute(&self, text: &str) -> Result<(), rusqlite::Error> {
        self.sqlite.prepare_cached(text)?.raw_execute().map(|_| ())
    }

    /// Whether a transaction has begun that is neither committed nor rolled back.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.sqlite.is_autocommit()
    }

    /// The number of rows that this connection has changed since it was opened.
    pub(super) fn changed_rows(&self) -> u64 {
        self.sqlite.total_changes()
    }

    /// Moves into the file as much of the write-ahead log as possible without waiting for others.
    pub(super) fn checkpoint(&self) -> Result<(), rusqlite::Error> {
        self.sqlite
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }

    /// Moves the contents of the write-ahead log into the file, and waits
    /// as long as `patience` for others. The result is false if they were in the way.
    pub(super) fn empty_log(&self, patience: Duration) -> Result<bool, rusqlite::Error> {
        self.sqlite.busy_timeout(patience)?;
        let pragma = "PRAGMA wal_checkpoint(TRUNCATE)";
        let was_busy: i64 = self.sqlite.query_row(pragma, [], |row| row.get(0))?;
        Ok(was_busy == 0)
    }
}

/// Fails unless `file` is a database that can be read and written now.
///
/// The system is asked about the rights, because SQLite uses files that it has open already. The file is not opened for
/// that: to close it would end the locks of all connections.
pub(super) fn is_writable(file: &Path) -> Result<(), DatabaseError> {
    match rustix::fs::access(file, Access::WRITE_OK) {
        Ok(()) => {}
        Err(Errno::ACCESS | Errno::ROFS | Errno::PERM) => return Err(DatabaseError::ReadOnly),
        Err(problem) => return Err(DatabaseError::Failed(format!("the file: {problem}"))),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite = rusqlite::Connection::open_with_flags(file, flags)?;
    if sqlite.is_readonly("main")? {
        return Err(DatabaseError::ReadOnly);
    }
    Ok(sqlite.query_row("SELECT COUNT(*) FROM installation", [], |_| Ok(()))?)
}

fn bind(
    prepared: &mut rusqlite::CachedStatement<'_>,
    position: usize,
    value: &sea_query::Value,
) -> Result<(), DatabaseError> {
    use sea_query::Value as Given;
    match value {
        Given::Bool(it) => prepared.raw_bind_parameter(position, it)?,
        Given::Int(it) => prepared.raw_bind_parameter(position, it)?,
        Given::BigInt(it) => prepared.raw_bind_parameter(position, it)?,
        // Only page sizes and offsets are unsigned, and no table has more rows than `i64` can count.
        Given::BigUnsigned(it) => {
            let it = it.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
            prepared.raw_bind_parameter(position, it)?;
        }
        Given::String(it) => prepared.raw_bind_parameter(position, it.as_deref())?,
        other => return Err(DatabaseError::Failed(format!("no column holds {other:?}"))),
    }
    Ok(())
}

impl Row {
    fn value(&self, at: usize) -> Result<&Value, Unreadable> {
        self.0
            .get(at)
            .ok_or_else(|| Unreadable(format!("there is no column {at}")))
    }
}

impl Columns for &Row {
    fn count(self) -> usize {
        self.0.len()
    }

    fn is_null(self, at: usize) -> Result<bool, Unreadable> {
        Ok(*self.value(at)? == Value::Null)
    }

    fn integer(self, at: usize) -> Result<i64, Unreadable> {
        match self.value(at)? {
            Value::Integer(it) => Ok(*it),
            other => Err(Unreadable(format!(
                "column {at} is {}, not an integer",
                other.data_type()
            ))),
        }
    }

    fn flag(self, at: usize) -> Result<bool, Unreadable> {
        Ok(self.integer(at)? != 0)
    }

    fn text(self, at: usize) -> Result<String, Unreadable> {
        match self.value(at)? {
            Value::Text(it) => Ok(it.clone()),
            other => Err(Unreadable(format!(
                "column {at} is {}, not a text",
                other.data_type()
            ))),
        }
    }
}
