//! How many mails are tried: as many as are due while the mail server takes mails, and one each half minute while it
//! takes none. It also tells when the server is back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// How many mails in a row fail because of the server until only one at a time is tried. A single mail that makes the
/// server hang up delays no other one.
const MOST_FAILURES: u32 = 3;
/// From one of these tries to the next one.
const PROBING: TimeDelta = TimeDelta::seconds(30);
/// The shortest time between two returns that are told: each lets a statement run in the database.
const BETWEEN_RETURNS: TimeDelta = TimeDelta::seconds(5);

/// The breaker of this process: it trips while the mail server takes no mails.
#[derive(Debug, Clone, Default)]
pub(crate) struct MailBreaker(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// How many mails in a row failed because of the server.
    failures: u32,
    /// When the breaker tripped, or when the last mail was tried since.
    tried_at: Option<DateTime<Utc>>,
    /// Whether the server answered after failures, and no caller of `answer` was told of it yet.
    is_back: bool,
    told_at: Option<DateTime<Utc>>,
}

impl MailBreaker {
    /// How many mails may be tried now: at most `most`, one, or none. The one counts as tried.
    pub(crate) fn places(&self, now: DateTime<Utc>, most: u64) -> u64 {
        let mut state = self.state();
        if !state.is_tripped() {
            return most;
        }
        if is_within(state.tried_at, PROBING, now) {
            return 0;
        }
        state.tried_at = Some(now);
        1
    }

    /// Whether mails are tried one at a time only.
    pub(crate) fn is_tripped(&self) -> bool {
        self.state().is_tripped()
    }

    /// Records that a mail failed because of the server. The result is the time to the next try; none while all
    /// mails may be tried.
    pub(crate) fn fail(&self, now: DateTime<Utc>) -> Option<Duration> {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures == MOST_FAILURES {
            state.tried_at = Some(now);
            tracing::warn!("the mail server takes no mails: one each half minute is tried");
        }
        let tried_at = state.tried_at.filter(|_| state.is_tripped())?;
        let left = (tried_at + PROBING - now).clamp(TimeDelta::zero(), PROBING);
        Some(left.to_std().unwrap_or_default())
    }

    /// Records that a mail did not fail because of the server; `had_failed` says that this mail had done so before. The
    /// result says whether the caller must make waiting mails due: true once after failures, and not again within
    /// seconds.
    pub(crate) fn answer(&self, had_failed: bool, now: DateTime<Utc>) -> bool {
        let mut state = self.state();
        let was_tripped = state.is_tripped();
        if was_tripped {
            tracing::info!("the mail server takes mails again");
        }
        state.is_back |= had_failed || was_tripped;
        state.failures = 0;
        let is_told = state.is_back && !is_within(state.told_at, BETWEEN_RETURNS, now);
        if is_told {
            (state.is_back, state.told_at) = (false, Some(now));
        }
        is_told
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_tripped(&self) -> bool {
        self.failures >= MOST_FAILURES
    }
}

/// Whether `time` has not passed since `begin`. A clock that was set back counts as if it had.
fn is_within(begin: Option<DateTime<Utc>>, time: TimeDelta, now: DateTime<Utc>) -> bool {
    begin.is_some_and(|at| (at..at + time).contains(&now))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A breaker that tripped at `now`.
    fn tripped(now: DateTime<Utc>) -> MailBreaker {
        let breaker = MailBreaker::default();
        for _ in 1..MOST_FAILURES {
            assert_eq!(breaker.fail(now), None);
            assert_eq!(breaker.places(now, 16), 16);
        }
        assert_eq!(breaker.fail(now), Some(Duration::from_secs(30)));
        breaker
    }

    #[test]
    fn after_three_failures_in_a_row_one_mail_is_tried_each_half_minute() {
        let begin = DateTime::UNIX_EPOCH;
        let breaker = tripped(begin);
        assert!(breaker.is_tripped());
        for probe in 1..4 {
            let now = begin + PROBING * probe;
            assert_eq!(breaker.places(now - TimeDelta::seconds(1), 16), 0);
            assert_eq!(breaker.places(now, 16), 1);
            assert_eq!(breaker.places(now, 16), 0, "one of all workers tries");
            let late = now + TimeDelta::seconds(20);
            assert_eq!(
                breaker.fail(late),
                Some(Duration::from_secs(10)),
                "since the try began"
            );
        }
        assert!(breaker.answer(false, begin + PROBING * 4));
        assert_eq!(breaker.places(begin, 16), 16);
    }

    #[test]
    fn an_answer_between_failures_keeps_the_breaker_from_tripping() {
        let (breaker, now) = (MailBreaker::default(), DateTime::UNIX_EPOCH);
        for _ in 0..10 {
            assert_eq!(breaker.fail(now), None);
            assert!(!breaker.answer(false, now), "few mails failed");
        }
        assert!(!breaker.is_tripped());
    }

    #[test]
    fn the_return_of_the_server_is_told_once_and_not_again_within_seconds() {
        let mut now = DateTime::UNIX_EPOCH;
        let breaker = tripped(now);
        assert!(breaker.answer(false, now));
        assert!(!breaker.answer(false, now), "it was told");
        assert!(!breaker.answer(true, now), "it was told just now");
        now += BETWEEN_RETURNS;
        assert!(breaker.answer(false, now), "what came too early is told now");
        now += BETWEEN_RETURNS;
        assert!(breaker.answer(true, now), "another process knew of failures");
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_no_mail_waiting() {
        let now = DateTime::UNIX_EPOCH;
        let breaker = tripped(now);
        assert_eq!(breaker.places(now - TimeDelta::hours(1), 16), 1);
    }
}
