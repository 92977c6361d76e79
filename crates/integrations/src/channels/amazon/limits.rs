//! How often each operation may be called. The limits learn from the answers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::parse_scaled;

/// The slowest rate that an answer can set: one call in a day.
const LONGEST_INTERVAL: i64 = 24 * 60 * 60 * 1000;

/// An operation of the Selling Partner API; each has a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    SearchOrders,
    GetOrder,
    CancelOrder,
    CreateFeedDocument,
    CreateFeed,
    GetFeed,
    GetFeedDocument,
}

impl Operation {
    /// The milliseconds between two calls, and how many calls may come at once, as Amazon publishes them. A feed is
    /// never sent twice within two minutes, although Amazon allows it now and then.
    const fn published(self) -> (i64, i64) {
        match self {
            Self::SearchOrders => (178_571, 20),
            Self::GetOrder => (2_000, 30),
            Self::CancelOrder => (1_000, 5),
            Self::CreateFeedDocument => (2_000, 15),
            Self::CreateFeed => (120_481, 1),
            Self::GetFeed => (500, 15),
            Self::GetFeedDocument => (45_045, 10),
        }
    }
}

/// The limits of all operations.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<Operation, Limit>>);

/// The limit of an operation: a bucket of calls that fills up again.
#[derive(Debug, Clone, Copy)]
struct Limit {
    interval: TimeDelta,
    burst: i64,
    /// When the bucket is full again.
    full_at: DateTime<Utc>,
}

impl Limits {
    /// When `operation` may be called; none when it may be called at `now`. Nothing is taken.
    pub(super) fn opens_at(&self, operation: Operation, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.with(operation, |limit| limit.opens_at(now))
    }

    /// Takes a call of `operation`, or says when it may be called.
    pub(super) fn take(&self, operation: Operation, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        self.with(operation, |limit| {
            if let Some(until) = limit.opens_at(now) {
                return Err(until);
            }
            limit.full_at = limit.full_at.max(now) + limit.interval;
            Ok(())
        })
    }

    /// Learns the rate that an answer names, in calls a second. A text that is not a rate is ignored.
    pub(super) fn learn(&self, operation: Operation, rate: &str) {
        let Some(millionths) = parse_scaled(rate, 6).ok().filter(|rate| *rate > 0) else {
            return;
        };
        let interval = (1_000_000_000 / millionths).clamp(1, LONGEST_INTERVAL);
        self.with(operation, |limit| {
            // A feed stays as rare as our own rule wants it.
            let least = if operation == Operation::CreateFeed {
                operation.published().0
            } else {
                1
            };
            limit.interval = TimeDelta::milliseconds(interval.max(least));
        });
    }

    /// Empties the bucket, because the API refused a call at `now`, and says when the next call may come.
    pub(super) fn empty(&self, operation: Operation, now: DateTime<Utc>) -> DateTime<Utc> {
        self.with(operation, |limit| {
            limit.full_at = now + limit.times(limit.burst);
            now + limit.interval
        })
    }

    fn with<T>(&self, operation: Operation, act: impl FnOnce(&mut Limit) -> T) -> T {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(limits.entry(operation).or_insert_with(|| {
            let (interval, burst) = operation.published();
            Limit {
                interval: TimeDelta::milliseconds(interval),
                burst,
                full_at: DateTime::UNIX_EPOCH,
            }
        }))
    }
}

impl Limit {
    fn opens_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let opens = self.full_at - self.times(self.burst - 1);
        (opens > now).then_some(opens)
    }

    fn times(&self, count: i64) -> TimeDelta {
        TimeDelta::milliseconds(self.interval.num_milliseconds().saturating_mul(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let limits = Limits::default();
        for _ in 0..5 {
            assert_eq!(limits.take(Operation::CancelOrder, NOON), Ok(()));
        }
        let later = NOON + TimeDelta::seconds(1);
        assert_eq!(limits.take(Operation::CancelOrder, NOON), Err(later));
        assert_eq!(limits.take(Operation::CancelOrder, later), Ok(()));
        assert_eq!(
            limits.take(Operation::CancelOrder, later),
            Err(later + TimeDelta::seconds(1))
        );
    }

    #[test]
    fn an_answer_teaches_the_rate_and_rubbish_teaches_nothing() {
        let limits = Limits::default();
        limits.learn(Operation::CancelOrder, "0.5");
        for rubbish in ["string", "", "-1", "0", "NaN", "1e99", "0.0000001"] {
            limits.learn(Operation::CancelOrder, rubbish);
        }
        assert_eq!(
            limits.empty(Operation::CancelOrder, NOON),
            NOON + TimeDelta::seconds(2)
        );
        assert_eq!(
            limits.take(Operation::CancelOrder, NOON),
            Err(NOON + TimeDelta::seconds(2))
        );
    }

    #[test]
    fn a_feed_is_never_sent_twice_within_two_minutes() {
        let limits = Limits::default();
        limits.learn(Operation::CreateFeed, "100");
        assert_eq!(limits.take(Operation::CreateFeed, NOON), Ok(()));
        assert!(
            limits
                .take(Operation::CreateFeed, NOON + TimeDelta::seconds(120))
                .is_err()
        );
        assert!(
            limits
                .take(Operation::CreateFeed, NOON + TimeDelta::seconds(121))
                .is_ok()
        );
    }
}
