//! What happens to all orders, for those in this process who follow many of them: one read of the database for all.
//!
//! Transactions are committed in another sequence than the times of their changes. So each read looks back by [`LATE`],
//! and what it finds for the first time is added to a log, which keeps what happened since. A follower has a position
//! in the log. When the log no longer has that position, the follower reads the database by itself.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::OrderId;
use countermand_persistence::{Database, DatabaseError, FeedChange, FeedEntry, FeedReach};
use tokio::sync::watch;

use super::OnPanic;

/// The longest time from the decision about a change until it is committed, and by which the clocks of servers may
/// differ, together. What takes longer is not told.
pub(super) const LATE: TimeDelta = TimeDelta::seconds(60);
/// The pause between two reads.
const PAUSE: Duration = Duration::from_millis(500);
/// The most entries of the log. When more happens in the time that is read, the log is empty, and followers read the
/// database up to the time before which it has all that happened. So they are told [`LATE`] later.
const MOST: usize = 50_000;

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

/// What a read of the database found.
struct Reading {
    entries: Vec<FeedEntry>,
    /// The time from which the next read reads.
    next: DateTime<Utc>,
    /// Whether the log begins anew, because the read has not all that happened since the read before it.
    is_anew: bool,
}

/// A place in the feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct FeedPlace {
    /// The time before which the database has all that happened. The log has the rest.
    pub(super) settled_at: DateTime<Utc>,
    /// The number of the next entry of the log.
    pub(super) next: usize,
}

/// The log no longer has the entry of a place: the follower was slow, or the log began anew.
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
        let _guard = OnPanic(|| self.log().is_read = false);
        let mut from = None;
        let mut is_away = false;
        loop {
            match read_from(from, &database).await {
                Ok(reading) => {
                    from = Some(reading.next);
                    self.add(reading);
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

    /// Adds what is new in `reading`, and drops what happened before the time from which the next read reads.
    fn add(&self, reading: Reading) {
        let mut log = self.log();
        if reading.is_anew {
            log.drop_all();
        }
        for entry in reading.entries {
            if log.known.insert((entry.order, entry.change.clone())) {
                log.entries.push_back(entry);
            }
        }
        log.from = reading.next;
        while log.entries.front().is_some_and(|entry| entry.at < reading.next) {
            if let Some(old) = log.entries.pop_front() {
                log.known.remove(&(old.order, old.change));
                log.first += 1;
            }
        }
        // What is dropped from the log here, the next read finds again.
        if log.entries.len() > MOST {
            log.drop_all();
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

impl Log {
    /// Drops all entries, and all places of followers.
    fn drop_all(&mut self) {
        self.first += self.entries.len() + 1;
        self.entries.clear();
        self.known.clear();
    }
}

/// What happened from `from` on. The first read looks back as all others, and so does a read that comes late: followers
/// read the time before it by themselves.
async fn read_from(from: Option<DateTime<Utc>>, database: &Database) -> Result<Reading, DatabaseError> {
    // The time is read before the entries: what was not committed at that time is found by the next read.
    let next = database.clock_time().await? - LATE;
    let from = from.filter(|from| next - *from <= LATE);
    let mut is_anew = from.is_none();
    // A clock that is ahead by more puts no entry into the log, which would stay there for long.
    let until = next + LATE + LATE;
    let mut read_until = from.unwrap_or(next);
    let mut entries = Vec::new();
    while read_until < until {
        let page = database.feed(read_until, until, FeedReach::default()).await?;
        entries.extend(page.entries);
        read_until = page.until;
        if entries.len() > MOST {
            entries.clear();
            is_anew = true;
            break;
        }
    }
    Ok(Reading {
        entries,
        next,
        is_anew,
    })
}
