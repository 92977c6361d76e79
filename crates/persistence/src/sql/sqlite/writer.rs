//! The only connection that writes.
//!
//! SQLite takes one writer at a time. So one thread owns the writing connection, and commits all waiting scripts
//! together, because a commit waits for the disk and a statement does not.

use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::error::DatabaseError;
use crate::sql::script::Statement;
use crate::sql::sqlite::Outcome;
use crate::sql::sqlite::checkpoints::Checkpoints;
use crate::sql::sqlite::connection::Connection;

/// The largest number of scripts in one commit. While they are committed, the next requests are prepared. If more
/// scripts were committed together, most requests would wait at the same time, and the processors would have nothing to
/// do.
const MOST_TOGETHER: usize = 12;
/// The largest number of waiting scripts. The next script waits for a free place.
const MOST_WAITING: usize = 1_024;

/// Sends scripts to the thread that owns the connection. A clone is cheap.
#[derive(Debug, Clone)]
pub(super) struct Writer(mpsc::Sender<Message>);

#[derive(Debug)]
enum Message {
    Write(Waiting),
    Close(oneshot::Sender<()>),
}

/// A script that waits for its commit.
#[derive(Debug)]
struct Waiting {
    statements: Arc<[Statement]>,
    done: oneshot::Sender<Outcome>,
}

impl Writer {
    /// Starts the thread that writes with `connection`, and wakes `checkpoints` after commits.
    pub(super) fn start(connection: Connection, checkpoints: Checkpoints) -> Self {
        let (sender, messages) = mpsc::channel(MOST_WAITING);
        thread::spawn(move || {
            let closing = serve(&connection, checkpoints, messages);
            drop(connection);
            if let Some(closed) = closing {
                let _ = closed.send(());
            }
        });
        Self(sender)
    }

    pub(super) async fn write(&self, statements: Arc<[Statement]>) -> Outcome {
        let is_closed = || DatabaseError::Failed("the database is closed".into());
        let (done, outcome) = oneshot::channel();
        let message = Message::Write(Waiting { statements, done });
        self.0.send(message).await.map_err(|_| is_closed())?;
        outcome.await.map_err(|_| is_closed())?
    }

    /// Writes the waiting scripts, closes the connection, and accepts no more scripts.
    pub(super) async fn close(&self) {
        let (closed, when_closed) = oneshot::channel();
        if self.0.send(Message::Close(closed)).await.is_ok() {
            // If the thread does not answer, it has ended already.
            let _ = when_closed.await;
        }
    }
}

/// Commits the waiting scripts until the thread is told to close, or until every writer is dropped. The result is the
/// caller that waits for the end.
fn serve(
    connection: &Connection,
    mut checkpoints: Checkpoints,
    mut messages: mpsc::Receiver<Message>,
) -> Option<oneshot::Sender<()>> {
    while let Some(first) = messages.blocking_recv() {
        let mut next = Some(first);
        let mut waiting = Vec::new();
        let mut closing = None;
        while let Some(message) = next {
            match message {
                Message::Write(script) => waiting.push(script),
                Message::Close(closed) => closing = Some(closed),
            }
            let has_room = waiting.len() < MOST_TOGETHER && closing.is_none();
            next = has_room.then(|| messages.try_recv().ok()).flatten();
        }
        commit(connection, waiting);
        checkpoints.after_commit(connection.changed_rows());
        if closing.is_some() {
            return closing;
        }
    }
    None
}

/// Runs the scripts in one transaction, each as a whole or not
/// at all, and answers each one when the disk holds its rows.
fn commit(connection: &Connection, waiting: Vec<Waiting>) {
    if waiting.is_empty() {
        return;
    }
    let mut outcomes = Vec::with_capacity(waiting.len());
    let mut committed = commit_scripts(connection, &waiting, false, &mut outcomes);
    // A script whose time is over has ended the transaction already, and would take as long again.
    let is_open = connection.is_in_transaction();
    if waiting.len() > 1 && is_open && matches!(committed, Err(RolledBack::ByLastScript)) {
        rollback(connection);
        outcomes.clear();
        committed = commit_scripts(connection, &waiting, true, &mut outcomes);
    }
    if committed.is_err() {
        rollback(connection);
    }
    let last = outcomes.len().saturating_sub(1);
    let mut outcomes = outcomes.into_iter();
    for (script, index) in waiting.into_iter().zip(0..) {
        let outcome = match (&committed, outcomes.next()) {
            (Ok(()), Some(outcome)) => outcome,
            (Err(RolledBack::ByLastScript), Some(outcome)) if index == last => outcome,
            // The script was rolled back with the others, so it may be sent again. Its own outcome says nothing: a row
            // that it found may have been another script's.
            (Err(RolledBack::ByDatabase(problem)), _) => Err(DatabaseError::Retry(problem.to_string())),
            (Ok(()) | Err(RolledBack::ByLastScript), _) => Err(DatabaseError::Retry(
                "another script of the same transaction ended it".into(),
            )),
        };
        // A caller that is gone needs no answer.
        let _ = script.done.send(outcome);
    }
}

fn rollback(connection: &Connection) {
    // This call fails if the database has already rolled back.
    let _ = connection.execute("ROLLBACK");
}

/// The reason why none of the scripts was written.
enum RolledBack {
    /// The script that ran last failed and ended the whole transaction.
    ByLastScript,
    /// The transaction did not begin or was not committed.
    ByDatabase(rusqlite::Error),
}

impl From<rusqlite::Error> for RolledBack {
    fn from(problem: rusqlite::Error) -> Self {
        Self::ByDatabase(problem)
    }
}

/// Runs the scripts and commits them.
///
/// With `savepoints`, a script that fails has no effect, and the others are written. Without them, a script that fails
/// ends the transaction. A savepoint copies each page that a script changes, so it is made only if a script has failed.
fn commit_scripts(
    connection: &Connection,
    scripts: &[Waiting],
    savepoints: bool,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), RolledBack> {
    connection.execute("BEGIN IMMEDIATE")?;
    for script in scripts {
        if savepoints {
            connection.execute("SAVEPOINT script")?;
        }
        let outcome = connection.run(&script.statements);
        let failed = outcome.is_err();
        outcomes.push(outcome);
        if failed && !(savepoints && connection.execute("ROLLBACK TO script").is_ok()) {
            return Err(RolledBack::ByLastScript);
        }
        if savepoints {
            connection.execute("RELEASE script")?;
        }
    }
    Ok(connection.execute("COMMIT")?)
}
