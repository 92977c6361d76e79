//! Sends a script to SQLite: all of its statements in one call on another thread.
//!
//! SQLite has no server, so a statement takes microseconds, and to hand it to another thread takes longer than to run
//! it. `sqlx` hands over each statement and each row, so the scripts use `rusqlite`, which runs them where they are.

mod checkpoints;
mod connection;
mod reader;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::database::{Connections, Database};
use crate::error::DatabaseError;
use crate::sql::answers::{Answer, Answers};
use crate::sql::script::{Order, Statement};
use checkpoints::Checkpoints;
use connection::Connection;
pub(crate) use connection::Row;
use reader::Readers;
use writer::Writer;

/// The time for which [`Sqlite::empty_log`] waits for other programs that read the file, and [`Sqlite::close`] for reads.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause between two attempts of [`Sqlite::empty_log`].
const PAUSE: Duration = Duration::from_millis(20);

/// The answers of a script, or the reason why it had no effect.
type Outcome = Result<Vec<Answer<Row>>, DatabaseError>;

/// A script whose statements are complete. A clone is cheap.
#[derive(Clone)]
pub(crate) struct Script {
    order: Order,
    statements: Arc<[Statement]>,
}

/// A database file, with the connections that read it and the one that writes it. A clone is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    file: Arc<Path>,
    readers: Arc<Readers>,
    writer: Writer,
}

impl Script {
    pub(crate) fn new(order: Order, statements: Vec<Statement>) -> Self {
        Self {
            order,
            statements: statements.into(),
        }
    }

    pub(crate) async fn run(&self, database: &Database) -> Result<Answers, DatabaseError> {
        database.count_round_trip();
        let Some(sqlite) = &database.sqlite else {
            return Err(DatabaseError::Failed("the database is not SQLite".into()));
        };
        let statements = self.statements.clone();
        let answers = match self.order {
            Order::Reads => sqlite.readers.read(statements).await,
            Order::Together | Order::InSequence => {
                let written = sqlite.writer.write(statements).await;
                database.lost_answers.instead_of(written)
            }
        };
        answers.map(Answers::Sqlite)
    }
}

impl Sqlite {
    /// Opens `file` for one writer and at most `most` threads that read, of which fast reads use one for each of
    /// `cores` processors. Each script may take as long as `limit`.
    pub(crate) fn open(
        file: &Path,
        cores: usize,
        most: usize,
        limit: Option<Duration>,
    ) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            file: file.into(),
            writer: Writer::start(Connection::open(file, limit)?, Checkpoints::start(file)?),
            readers: Arc::new(Readers::new(file, cores, most, limit)),
        })
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the file is there and can be written now.
    pub(crate) async fn is_writable(&self) -> Result<(), DatabaseError> {
        let file = self.file.clone();
        on_another_thread(move || connection::is_writable(&file)).await
    }

    /// The use of the connections that read, and of the one that writes.
    pub(crate) fn connections(&self) -> Connections {
        self.readers.connections()
    }

    /// Writes the scripts that wait, and closes all connections.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    /// Moves the contents of the write-ahead log into the file. The result is false if another program was in the way.
    pub(crate) async fn empty_log(&self) -> Result<bool, DatabaseError> {
        let file = self.file.clone();
        on_another_thread(move || {
            let connection = Connection::open(&file, None)?;
            let until = Instant::now() + PATIENCE;
            // SQLite does not wait for a checkpoint that another connection runs, such as one of `Checkpoints`.
            while !connection.empty_log(PATIENCE)? {
                if Instant::now() >= until {
                    return Ok(false);
                }
                thread::sleep(PAUSE);
            }
            Ok(true)
        })
        .await
    }
}

/// Runs `work`, which waits for the disk, where it keeps no request waiting.
async fn on_another_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    let outcome = tokio::task::spawn_blocking(work).await;
    outcome.map_err(|problem| DatabaseError::Failed(problem.to_string()))?
}
