//! Moves the write-ahead log into the database file while the writer goes on.
//!
//! A checkpoint copies the changed pages and waits for the disk. A connection on a thread of its own does that, because
//! the writer would keep every request waiting for as long.

use std::path::Path;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use crate::sql::sqlite::connection::Connection;

/// The number of changed rows after which the log is moved. A page that changes often is then moved only once for all
/// of its changes.
const ROWS_BETWEEN: u64 = 2_000;

/// The thread that moves the log of one database. The thread ends when this value is dropped.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The number of rows that the writer had changed when the thread was woken last.
    rows_at_last: u64,
}

impl Checkpoints {
    /// Starts the thread for the database in `file`.
    pub(super) fn start(file: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(file, None)?;
        let (wake, woken) = mpsc::sync_channel(1);
        let thread = thread::spawn(move || {
            let mut fails = false;
            while woken.recv().is_ok() {
                let outcome = connection.checkpoint();
                if let Err(problem) = &outcome
                    && !fails
                {
                    tracing::warn!(%problem, "cannot move the log of the database into its file: the log grows");
                }
                fails = outcome.is_err();
            }
        });
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            rows_at_last: 0,
        })
    }

    /// Wakes the thread if the writer has changed enough rows since the thread was woken last. `rows` is the number of
    /// rows that the writer has changed since it started.
    pub(super) fn after_commit(&mut self, rows: u64) {
        if rows.saturating_sub(self.rows_at_last) < ROWS_BETWEEN {
            return;
        }
        self.rows_at_last = rows;
        if let Some(wake) = &self.wake {
            // If the channel is full, the thread has not begun the last checkpoint yet, so that checkpoint moves these
            // rows too.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    /// Waits for the end of the thread: while it runs a checkpoint, no other connection can run one.
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
