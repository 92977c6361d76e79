//! What happens to all orders, for those in this process who follow many of them: one read of the database for all.
//!
//! Transactions are committed in another sequence than the times of their changes. So each read looks back by [`LATE`],
//! and what it finds for the first time is added to a log, which keeps what happened since. A follower has only a
//! position in the log: nothing is kept for a follower who is slow.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::OrderId;
use countermand_persistence::{Database, DatabaseError, FeedChange, FeedEntry};
use tokio::sync::watch;

/// The longest time from the decision about a change until it is committed, and by which the clocks of servers may
/// differ, together. What takes longer is not told.
pub(super) const LATE: TimeDelta = TimeDelta::seconds(60);
/// The pause between two reads.
const PAUSE: Duration = Duration::from_millis(500);

/// What happens to all orders. A clone is cheap, and all clones share the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    log: Mutex<Log>,
    /// The number after the last entry of the log; none as long as nothing was read.
    end: watch::Sender<Option<usize>>,
}

#[derive(Debug, Default)]
struct Log {
    /// The entries, in the sequence in which they were found.
    entries: VecDeque<FeedEntry>,
    /// The number of the first of the entries. The others have the numbers after it.
    first: usize,
    /// What is in the log.
    known: HashSet<(OrderId, FeedChange)>,
    /// The time from which the next read reads. All that happened before it was found, and what happened since is in
    /// the log.
    from: DateTime<Utc>,
    /// Whether a task reads the database.
    is_read: bool,
}

/// A place in the feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct FeedPlace {
    /// The time before which the database has all that happened. The log has the rest.
    pub(super) settled_at: DateTime<Utc>,
    /// The number of the next entry of the log.
    pub(super) next: usize,
}

/// The log no longer has the entry of a place: the follower was slow.
pub(super) struct Dropped;

impl Feed {
    /// Follows the feed until the receiver is dropped. The database is read only while there are receivers.
    pub(super) fn follow(&self, database: &Database) -> watch::Receiver<Option<usize>> {
        let mut log = self.log();
        let receiver = self.0.end.subscribe();
        if !log.is_read {
            log.is_read = true;
            tokio::spawn(self.clone().read(database.clone()));
        }
        receiver
    }

    /// The place at which a follower begins: the first entry of the log.
    pub(super) fn place(&self) -> FeedPlace {
        let log = self.log();
        FeedPlace {
            settled_at: log.from,
            next: log.first,
        }
    }

    /// The first entry from `place` on that is `wanted`, if there is one. `place` moves behind what was looked at.
    pub(super) fn find(
        &self,
        place: &mut FeedPlace,
        wanted: impl Fn(&FeedEntry) -> bool,
    ) -> Result<Option<FeedEntry>, Dropped> {
        let log = self.log();
        let skipped = place.next.checked_sub(log.first).ok_or(Dropped)?;
        for entry in log.entries.iter().skip(skipped) {
            place.next += 1;
            if entry.at >= place.settled_at && wanted(entry) {
                return Ok(Some(entry.clone()));
            }
        }
        Ok(None)
    }

    /// Reads the database again and again, as long as there are followers.
    async fn read(self, database: Database) {
        let mut from = None;
        let mut is_away = false;
        loop {
            match read_from(from, &database).await {
                Ok((entries, next)) => {
                    self.add(entries, next);
                    from = Some(next);
                    is_away = false;
                }
                Err(problem) => {
                    if !is_away {
                        tracing::warn!(%problem, "changes of orders cannot be read");
                    }
                    is_away = true;
                }
            }
            tokio::time::sleep(PAUSE).await;
            if !self.is_followed() {
                return;
            }
        }
    }

    /// Whether there is a follower. Without one, the log is emptied.
    fn is_followed(&self) -> bool {
        let mut log = self.log();
        if self.0.end.receiver_count() > 0 {
            return true;
        }
        *log = Log::default();
        self.0.end.send_replace(None);
        false
    }

    /// Adds what is new among `entries`, and drops what happened before `from`.
    fn add(&self, entries: Vec<FeedEntry>, from: DateTime<Utc>) {
        let mut log = self.log();
        for entry in entries {
            if log.known.insert((entry.order, entry.change.clone())) {
                log.entries.push_back(entry);
            }
        }
        log.from = from;
        while log.entries.front().is_some_and(|entry| entry.at < from) {
            if let Some(old) = log.entries.pop_front() {
                log.known.remove(&(old.order, old.change));
                log.first += 1;
            }
        }
        let end = Some(log.first + log.entries.len());
        self.0.end.send_if_modified(|known| {
            let is_new = *known != end;
            *known = end;
            is_new
        });
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // No code panics while it has the lock.
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happened from `from` on, and the time from which the next read reads. The first read looks back as all others.
async fn read_from(
    from: Option<DateTime<Utc>>,
    database: &Database,
) -> Result<(Vec<FeedEntry>, DateTime<Utc>), DatabaseError> {
    // The time is read before the entries: what was not committed at that time is found by the next read.
    let next = database.clock_time().await? - LATE;
    let entries = database.feed(from.unwrap_or(next), None).await?;
    Ok((entries, next))
}
