//! Sends a script to SQLite as prepared statements with bound values in one transaction.
//!
//! SQLite takes one writer at a time. So one task owns the only writing connection, and commits all waiting scripts
//! together, because a commit waits for the disk and a statement does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection, SqliteRow};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Executor, Row, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::answers::{Answer, Answers};
use crate::sql::bound::arguments;
use crate::sql::script::{Order, Output, Statement};

/// The largest number of scripts in one commit.
const MOST_TOGETHER: usize = 32;
/// The largest number of waiting scripts. The next script waits for a free place.
const MOST_WAITING: usize = 1_024;
/// The number of steps of SQLite's virtual machine, some hundred
/// microseconds, after which SQLite checks the time limit.
const STEPS: i32 = 10_000;

/// A script whose statements are complete. A clone is cheap.
#[derive(Clone)]
pub(crate) struct Script {
    order: Order,
    statements: Arc<[Statement]>,
}

/// Sends writing scripts to the task that owns the writing connection. A clone is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Writer(mpsc::Sender<Message>);

type Outcome = Result<Vec<Answer<SqliteRow>>, DatabaseError>;

#[derive(Debug)]
enum Message {
    Write(Arc<[Statement]>, oneshot::Sender<Outcome>),
    Close(oneshot::Sender<()>),
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
        let answers = match (self.order, &database.writer) {
            (Order::Together | Order::InSequence, Some(writer)) => {
                writer.write(self.statements.clone()).await
            }
            _ => self.read(database).await,
        };
        answers.map(Answers::Sqlite)
    }

    async fn read(&self, database: &Database) -> Outcome {
        let mut connection = database.db.get_sqlite_connection_pool().acquire().await?;
        if self.statements.len() == 1 {
            return run(&mut connection, &self.statements).await;
        }
        // The transaction is rolled back when it is dropped, so a canceled request leaves no transaction open.
        let mut transaction = connection.begin().await?;
        let answers = run(&mut transaction, &self.statements).await?;
        transaction.commit().await?;
        Ok(answers)
    }
}

impl Writer {
    /// Opens the connection that writes, and starts its task.
    pub(crate) async fn start(
        options: &SqliteConnectOptions,
        limit: Option<Duration>,
    ) -> Result<Self, sqlx::Error> {
        let connection = options.connect().await?;
        let (sender, messages) = mpsc::channel(MOST_WAITING);
        tokio::spawn(serve(connection, messages, limit));
        Ok(Self(sender))
    }

    /// Writes the waiting scripts, closes the connection, and accepts no more scripts.
    pub(crate) async fn close(&self) {
        let (closed, when_closed) = oneshot::channel();
        if self.0.send(Message::Close(closed)).await.is_ok() {
            // If the task does not answer, it has ended already.
            let _ = when_closed.await;
        }
    }

    async fn write(&self, statements: Arc<[Statement]>) -> Outcome {
        let is_closed = || DatabaseError::Failed("the database is closed".into());
        let (done, outcome) = oneshot::channel();
        let sent = self.0.send(Message::Write(statements, done)).await;
        sent.map_err(|_| is_closed())?;
        outcome.await.map_err(|_| is_closed())?
    }
}

/// Commits the waiting scripts until the task is told to close, or until every writer is dropped.
async fn serve(
    mut connection: SqliteConnection,
    mut messages: mpsc::Receiver<Message>,
    limit: Option<Duration>,
) {
    let mut closed = None;
    while closed.is_none() {
        let Some(first) = messages.recv().await else { break };
        let mut next = Some(first);
        let mut waiting = Vec::new();
        while let Some(message) = next {
            match message {
                Message::Write(statements, done) => waiting.push((statements, done)),
                Message::Close(answer) => closed = Some(answer),
            }
            let has_room = waiting.len() < MOST_TOGETHER && closed.is_none();
            next = has_room.then(|| messages.try_recv().ok()).flatten();
        }
        if !waiting.is_empty() {
            commit(&mut connection, waiting, limit).await;
        }
    }
    // The file is complete even if this call fails, because SQLite reads the log at the next start.
    let _ = connection.close().await;
    if let Some(closed) = closed {
        let _ = closed.send(());
    }
}

/// Runs the scripts in one transaction, each as a whole or not
/// at all, and answers each one when the disk holds its rows.
async fn commit(
    connection: &mut SqliteConnection,
    waiting: Vec<(Arc<[Statement]>, oneshot::Sender<Outcome>)>,
    limit: Option<Duration>,
) {
    let (scripts, askers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let mut outcomes = Vec::with_capacity(scripts.len());
    let committed = commit_scripts(connection, &scripts, &mut outcomes, limit).await;
    if committed.is_err() {
        // This call fails if the database has already rolled back.
        let _ = connection.execute("ROLLBACK").await;
    }
    let mut outcomes = outcomes.into_iter();
    for asker in askers {
        let outcome = match (&committed, outcomes.next()) {
            (Ok(()), Some(outcome)) | (_, Some(outcome @ Err(_))) => outcome,
            (Err(problem), _) => Err(again(problem)),
            (Ok(()), None) => Err(DatabaseError::Retry("the script was not reached".into())),
        };
        // A caller that is gone needs no answer.
        let _ = asker.send(outcome);
    }
}

async fn commit_scripts(
    connection: &mut SqliteConnection,
    scripts: &[Arc<[Statement]>],
    outcomes: &mut Vec<Outcome>,
    limit: Option<Duration>,
) -> Result<(), sqlx::Error> {
    connection.execute("BEGIN IMMEDIATE").await?;
    for script in scripts {
        if let Some(limit) = limit {
            give_time(connection, limit).await?;
        }
        connection.execute("SAVEPOINT script").await?;
        let outcome = run(connection, script).await;
        let failed = outcome.is_err();
        outcomes.push(outcome);
        if failed {
            // This call fails if the database has rolled back the whole
            // transaction, as it does after it stops a statement.
            connection.execute("ROLLBACK TO script").await?;
        }
        connection.execute("RELEASE script").await?;
    }
    connection.execute("COMMIT").await?;
    Ok(())
}

/// The error of scripts that were rolled back with another one. They may be sent again if the problem can pass.
fn again(problem: &sqlx::Error) -> DatabaseError {
    DatabaseError::Retry(problem.to_string())
}

async fn run(connection: &mut SqliteConnection, statements: &[Statement]) -> Outcome {
    let mut answers = Vec::with_capacity(statements.len());
    for statement in statements {
        let bound = arguments::<Sqlite>(&statement.values)?;
        let query = sqlx::query_with(AssertSqlSafe(statement.text.clone()), bound);
        match statement.output {
            Output::Rows | Output::Returned => {
                answers.push(Answer::Rows(query.fetch_all(&mut *connection).await?));
            }
            Output::Touched => {
                let done = query.execute(&mut *connection).await?;
                answers.push(Answer::Touched(done.rows_affected()));
            }
            Output::Nothing => {
                query.execute(&mut *connection).await?;
            }
        }
    }
    Ok(answers)
}

/// Moves the contents of the write-ahead log into the database's
/// file. The result is false if another program was in the way.
pub(crate) async fn empty_log(pool: &SqlitePool) -> Result<bool, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    connection.execute("PRAGMA busy_timeout = 2000").await?;
    let row = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    let was_busy: i64 = row.try_get_unchecked(0)?;
    Ok(was_busy == 0)
}

/// Stops the connection's statements after `limit`. SQLite has
/// no such limit, but it asks regularly whether to continue.
pub(crate) async fn give_time(connection: &mut SqliteConnection, limit: Duration) -> Result<(), sqlx::Error> {
    let until = Instant::now() + limit;
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS, move || Instant::now() < until);
    Ok(())
}
