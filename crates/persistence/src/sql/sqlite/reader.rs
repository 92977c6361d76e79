//! The threads that read. A read waits for no writer.
//!
//! SQLite forgets the pages that it has read when another connection commits. So a thread reads all scripts that wait
//! as of one moment, and reads the pages that they share once.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::database::Connections;
use crate::error::DatabaseError;
use crate::sql::connect::CONNECTION_PATIENCE;
use crate::sql::script::Statement;
use crate::sql::sqlite::connection::Connection;
use crate::sql::sqlite::{Outcome, PATIENCE, on_another_thread};

/// The time after which one more thread is woken for a script, because the threads that are awake may be busy with slow
/// scripts.
const SLOW: Duration = Duration::from_millis(5);

/// Sends scripts to the threads, which end when this value is dropped.
#[derive(Debug)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    file: Box<Path>,
    limit: Option<Duration>,
    /// The number of threads that fast scripts keep awake.
    awake: usize,
    /// The largest number of threads.
    most: usize,
    queue: Mutex<Queue>,
    called: Condvar,
    ended: Condvar,
}

/// The scripts that wait, and the threads.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// The number of the script that was sent last.
    newest: u64,
    threads: usize,
    asleep: usize,
    /// The number of sleeping threads that are called and not awake yet.
    calls: usize,
    is_closed: bool,
}

/// A script that waits for a thread.
#[derive(Debug)]
struct Waiting {
    number: u64,
    statements: Arc<[Statement]>,
    done: oneshot::Sender<Outcome>,
}

impl Readers {
    /// Starts threads for `file` as they are needed: one for each of `cores` processors, and twice as many for slow
    /// scripts, but never more than `most`.
    pub(super) fn new(file: &Path, cores: usize, most: usize, limit: Option<Duration>) -> Self {
        let most = most.clamp(1, cores.saturating_mul(2).max(1));
        Self(Arc::new(Shared {
            file: file.into(),
            limit,
            awake: cores.clamp(1, most),
            most,
            queue: Mutex::default(),
            called: Condvar::new(),
            ended: Condvar::new(),
        }))
    }

    pub(super) async fn read(&self, statements: Arc<[Statement]>) -> Outcome {
        let is_closed = || DatabaseError::Failed("the database is closed".into());
        let (done, mut outcome) = oneshot::channel();
        let number = self.0.send(statements, done).ok_or_else(is_closed)?;
        if let Ok(outcome) = timeout(SLOW, &mut outcome).await {
            return outcome.map_err(|_| is_closed())?;
        }
        self.0.wake_one_more();
        if let Ok(outcome) = timeout(CONNECTION_PATIENCE, &mut outcome).await {
            return outcome.map_err(|_| is_closed())?;
        }
        if self.0.take_back(number) {
            return Err(DatabaseError::Retry("all connections are busy".into()));
        }
        outcome.await.map_err(|_| is_closed())?
    }

    /// The use of the connections, one for each thread.
    pub(super) fn connections(&self) -> Connections {
        let (threads, awake) = {
            let queue = self.0.queue();
            (queue.threads, queue.awake())
        };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Connections {
            busy: count(awake),
            idle: count(threads.saturating_sub(awake)),
            most: count(self.0.most),
        }
    }

    /// Refuses further scripts, and closes the connections. Those that are busy are waited for as long as [`PATIENCE`].
    pub(super) async fn close(&self) {
        self.0.close();
        let shared = self.0.clone();
        let ended = on_another_thread(move || {
            let queue = shared.queue();
            let waited = shared
                .ended
                .wait_timeout_while(queue, PATIENCE, |it| it.threads > 0);
            drop(waited);
            Ok(())
        });
        // Without the wait, the connections close a moment later.
        let _ = ended.await;
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Shared {
    /// Puts a script at the end of the queue and returns its number; none after the end of the database.
    fn send(self: &Arc<Self>, statements: Arc<[Statement]>, done: oneshot::Sender<Outcome>) -> Option<u64> {
        let mut queue = self.queue();
        if queue.is_closed {
            return None;
        }
        queue.newest += 1;
        let number = queue.newest;
        queue.waiting.push_back(Waiting {
            number,
            statements,
            done,
        });
        if queue.awake() < self.awake {
            self.wake(&mut queue);
        }
        Some(number)
    }

    fn wake_one_more(self: &Arc<Self>) {
        let mut queue = self.queue();
        if !queue.is_closed && !queue.waiting.is_empty() {
            self.wake(&mut queue);
        }
    }

    /// Calls a sleeping thread, or starts one.
    fn wake(self: &Arc<Self>, queue: &mut Queue) {
        if queue.calls < queue.asleep {
            queue.calls += 1;
            self.called.notify_one();
        } else if queue.threads < self.most {
            queue.threads += 1;
            let shared = self.clone();
            thread::spawn(move || {
                serve(&shared);
                shared.queue().threads -= 1;
                shared.ended.notify_all();
            });
        }
    }

    /// Takes a script out of the queue; false if a thread has it already.
    fn take_back(&self, number: u64) -> bool {
        let mut queue = self.queue();
        let before = queue.waiting.len();
        queue.waiting.retain(|script| script.number != number);
        queue.waiting.len() < before
    }

    /// Waits for the next script. With it comes the number of the newest script that was sent before now.
    fn next(&self) -> Option<(Waiting, u64)> {
        let mut queue = self.queue();
        loop {
            if queue.is_closed {
                return None;
            }
            if let Some(script) = queue.waiting.pop_front() {
                return Some((script, queue.newest));
            }
            queue.asleep += 1;
            let is_needless = |queue: &mut Queue| queue.calls == 0 && !queue.is_closed;
            let woken = self.called.wait_while(queue, is_needless);
            queue = woken.unwrap_or_else(PoisonError::into_inner);
            queue.asleep -= 1;
            queue.calls = queue.calls.saturating_sub(1);
        }
    }

    /// The next waiting script, if it was sent no later than the script `newest`.
    fn next_until(&self, newest: u64) -> Option<Waiting> {
        let mut queue = self.queue();
        let is_early = queue.waiting.front().is_some_and(|it| it.number <= newest);
        is_early.then(|| queue.waiting.pop_front()).flatten()
    }

    fn close(&self) {
        let mut queue = self.queue();
        queue.is_closed = true;
        queue.waiting.clear();
        self.called.notify_all();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No code panics while it has the lock, and the queue is always whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// The number of threads that run, or that are called.
    fn awake(&self) -> usize {
        (self.threads + self.calls).saturating_sub(self.asleep)
    }
}

/// Reads until the database is closed.
fn serve(shared: &Shared) {
    let mut connection = None;
    while let Some((first, newest)) = shared.next() {
        let opened = match connection.take() {
            Some(connection) => Ok(connection),
            None => Connection::open(&shared.file, shared.limit),
        };
        match opened {
            Ok(opened) => {
                // After an error the transaction may still be open, so the connection is closed.
                connection = read_together(&opened, shared, first, newest).then_some(opened);
            }
            // A caller that is gone needs no answer.
            Err(problem) => drop(first.done.send(Err(problem.into()))),
        }
    }
}

/// Reads `first` and the scripts that wait behind it as of one moment. A script that was sent later than the script
/// `newest` may ask for what was written after that moment, so it is left.
///
/// The result is false after an error.
fn read_together(connection: &Connection, shared: &Shared, first: Waiting, newest: u64) -> bool {
    let mut is_begun = false;
    let mut next = Some(first);
    while let Some(script) = next {
        let begun = if is_begun {
            Ok(())
        } else {
            connection.execute("BEGIN")
        };
        is_begun = true;
        let outcome = match begun {
            Ok(()) => connection.run(&script.statements),
            Err(problem) => Err(problem.into()),
        };
        let failed = outcome.is_err();
        // A caller that is gone needs no answer.
        let _ = script.done.send(outcome);
        if failed {
            return false;
        }
        next = shared.next_until(newest);
    }
    connection.execute("COMMIT").is_ok()
}

#[cfg(test)]
mod tests;
