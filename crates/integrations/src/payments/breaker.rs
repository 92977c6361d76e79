//! How many requests an account may send: a limit per second, a budget of repetitions, and a pause after failures in a
//! row. It also tells when the provider answers again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::repetitions::RepetitionBudget;

/// The time in which as many requests pass as staff allows. An account saves it up: after a rest, they pass at once.
const SECOND: Duration = Duration::from_secs(1);
/// How many failures in a row stop the requests.
const MOST_FAILURES: u32 = 5;
/// How long nothing is sent after that; then one request tries whether the provider answers again.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The shortest time between two recoveries that are told: each lets a statement run in the database.
const BETWEEN_RECOVERIES: TimeDelta = TimeDelta::seconds(5);

/// The breaker of an account in this process: each request passes it, and it trips while the provider fails.
#[derive(Debug)]
pub(super) struct AccountBreaker(Mutex<State>);

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The provider answered.
    Answered,
    /// The provider asks for patience, or refuses the key: it lives, but takes nothing now.
    Refused,
    /// No answer came, or the provider told of a failure of its own.
    Failed,
}

#[derive(Debug)]
struct State {
    /// When the requests that passed have used up their time.
    used_until: Instant,
    failures: u32,
    tripped_until: Option<DateTime<Utc>>,
    /// Whether a request failed since the last answer, in this process or in another one.
    has_failed: bool,
    /// Whether an answer came after failures, which was not told yet.
    has_recovered: bool,
    /// Whether an answer in another process reset the breaker, and none came here since.
    is_reset: bool,
    recovery_told_at: Option<DateTime<Utc>>,
    repetitions: RepetitionBudget,
}

impl Default for AccountBreaker {
    fn default() -> Self {
        Self(Mutex::new(State {
            used_until: Instant::now(),
            failures: 0,
            tripped_until: None,
            has_failed: false,
            has_recovered: false,
            is_reset: false,
            recovery_told_at: None,
            repetitions: RepetitionBudget::default(),
        }))
    }
}

/// How long one request takes of the time of an account that may send so many in a second.
pub(super) fn interval_of(requests_per_second: i32) -> Duration {
    SECOND / u32::try_from(requests_per_second).unwrap_or(1).max(1)
}

impl AccountBreaker {
    /// Waits until one more request may be sent, which takes `interval` of the account's time. The error says until
    /// when nothing may be sent.
    pub(super) async fn enter(&self, interval: Duration, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        loop {
            let Some(wait) = self.state(|state| state.take(interval, now, Instant::now()))? else {
                return Ok(());
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes down how a request ended.
    pub(super) fn leave(&self, end: End, now: DateTime<Utc>) {
        self.state(|state| match end {
            End::Answered => {
                (state.failures, state.tripped_until) = (0, None);
                state.has_recovered |= state.has_failed;
                (state.has_failed, state.is_reset) = (false, false);
                state.repetitions.note_answer();
            }
            End::Refused => (state.failures, state.tripped_until) = (0, None),
            End::Failed => {
                (state.has_failed, state.has_recovered) = (true, false);
                state.failures = state.failures.saturating_add(1);
                if state.failures >= MOST_FAILURES {
                    state.tripped_until = Some(now + PAUSE);
                }
            }
        });
    }

    /// Takes down that requests failed, here or in another process. If one of them got an answer since, requests pass at
    /// once; the first failure trips the breaker again, and then nothing passes until its time.
    pub(super) fn note_failures(&self, answers_again: bool) {
        self.state(|state| {
            state.has_failed = true;
            if answers_again && !state.is_reset && state.tripped_until.is_some() {
                (state.failures, state.tripped_until) = (MOST_FAILURES - 1, None);
                state.is_reset = true;
            }
        });
    }

    /// Whether an answer came after failures: true once for such an answer, and not again within seconds.
    pub(super) fn takes_recovery(&self, now: DateTime<Utc>) -> bool {
        self.state(|state| {
            let told_at = state.recovery_told_at;
            let is_early = told_at.is_some_and(|at| now < at + BETWEEN_RECOVERIES);
            let is_told = state.has_recovered && !is_early;
            if is_told {
                (state.has_recovered, state.recovery_told_at) = (false, Some(now));
            }
            is_told
        })
    }

    /// Takes a repetition out of the budget; false where it is used up.
    pub(super) fn takes_repetition(&self, now: DateTime<Utc>) -> bool {
        self.state(|state| state.repetitions.take(now))
    }

    /// Puts a repetition back into the budget.
    pub(super) fn gives_repetition_back(&self) {
        self.state(|state| state.repetitions.give_back());
    }

    /// Until when nothing is sent; none while requests pass.
    pub(super) fn tripped_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state(|state| state.tripped_until.filter(|until| now < *until))
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Takes the place of one request, or says how long to wait for it.
    fn take(
        &mut self,
        interval: Duration,
        now: DateTime<Utc>,
        at: Instant,
    ) -> Result<Option<Duration>, DateTime<Utc>> {
        if let Some(until) = self.tripped_until.filter(|until| now < *until) {
            return Err(until);
        }
        let used_until = self.used_until.max(at);
        let ahead = used_until.saturating_duration_since(at);
        let saved = SECOND.saturating_sub(interval);
        if ahead > saved {
            return Ok(Some(ahead.saturating_sub(saved)));
        }
        self.used_until = used_until + interval;
        // After a pause one request tries; the others wait until its answer is there.
        self.tripped_until = self.tripped_until.map(|_| now + PAUSE);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(50);

    #[test]
    fn as_many_requests_pass_in_a_second_as_staff_allows() {
        for rate in [1, 20, 25, 100] {
            let (breaker, now, begin) = (AccountBreaker::default(), DateTime::UNIX_EPOCH, Instant::now());
            let interval = interval_of(rate);
            let mut at = begin;
            // Those of the first second pass at once.
            for _ in 0..3 * rate {
                let take = |at| breaker.state(|state| state.take(interval, now, at));
                while let Some(wait) = take(at).expect("no pause") {
                    at += wait;
                }
            }
            assert_eq!(at - begin, Duration::from_secs(2), "{rate}");
        }
    }

    #[test]
    fn another_rate_holds_from_the_next_request_on() {
        let (breaker, now, at) = (AccountBreaker::default(), DateTime::UNIX_EPOCH, Instant::now());
        let take = |rate, at| breaker.state(|state| state.take(interval_of(rate), now, at));
        for _ in 0..100 {
            assert_eq!(take(100, at), Ok(None));
        }
        assert_eq!(take(1, at), Ok(Some(SECOND)));
        assert_eq!(take(1, at + SECOND), Ok(None));
        assert_eq!(take(100, at + SECOND), Ok(Some(Duration::from_millis(10))));
    }

    #[tokio::test]
    async fn after_five_failures_in_a_row_one_request_tries_each_half_minute() {
        let (breaker, mut now) = (AccountBreaker::default(), DateTime::UNIX_EPOCH);
        for failures in [4, 5] {
            for _ in 0..failures {
                assert_eq!(breaker.enter(INTERVAL, now).await, Ok(()));
                breaker.leave(End::Failed, now);
            }
            if failures == 4 {
                breaker.leave(End::Answered, now);
            }
        }
        let until = now + PAUSE;
        assert_eq!(breaker.tripped_until(now), Some(until));
        assert_eq!(breaker.enter(INTERVAL, now).await, Err(until));
        now = until;
        assert_eq!(breaker.enter(INTERVAL, now).await, Ok(()));
        assert_eq!(
            breaker.enter(INTERVAL, now).await,
            Err(now + PAUSE),
            "one request tries"
        );
        breaker.leave(End::Answered, now);
        assert_eq!(breaker.enter(INTERVAL, now).await, Ok(()));
        assert_eq!(breaker.tripped_until(now), None);
    }

    #[test]
    fn an_answer_after_failures_is_told_once_and_not_again_within_seconds() {
        let (breaker, mut now) = (AccountBreaker::default(), DateTime::UNIX_EPOCH);
        let fails_and_answers = |now| {
            breaker.leave(End::Failed, now);
            breaker.leave(End::Refused, now);
            assert!(!breaker.takes_recovery(now), "it takes nothing yet");
            breaker.leave(End::Answered, now);
        };
        breaker.leave(End::Answered, now);
        assert!(!breaker.takes_recovery(now), "nothing failed");
        fails_and_answers(now);
        assert!(breaker.takes_recovery(now));
        assert!(!breaker.takes_recovery(now), "it was told");
        fails_and_answers(now);
        assert!(!breaker.takes_recovery(now), "one was told just now");
        now += BETWEEN_RECOVERIES;
        assert!(breaker.takes_recovery(now));
        now += BETWEEN_RECOVERIES;
        breaker.note_failures(false);
        breaker.leave(End::Answered, now);
        assert!(breaker.takes_recovery(now), "another process knew of failures");
    }

    #[test]
    fn only_answers_earn_repetitions() {
        let (breaker, now) = (AccountBreaker::default(), DateTime::UNIX_EPOCH);
        while breaker.takes_repetition(now) {}
        for (end, earns) in [(End::Failed, false), (End::Refused, false), (End::Answered, true)] {
            for _ in 0..10 {
                breaker.leave(end, now);
            }
            assert_eq!(breaker.takes_repetition(now), earns, "{end:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_in_another_process_resets_the_breaker_once() {
        let (breaker, mut now) = (AccountBreaker::default(), DateTime::UNIX_EPOCH);
        for _ in 0..MOST_FAILURES {
            breaker.leave(End::Failed, now);
        }
        let until = now + PAUSE;
        breaker.note_failures(false);
        assert_eq!(breaker.enter(INTERVAL, now).await, Err(until));
        breaker.note_failures(true);
        assert_eq!(breaker.enter(INTERVAL, now).await, Ok(()));
        breaker.leave(End::Failed, now);
        breaker.note_failures(true);
        assert_eq!(
            breaker.enter(INTERVAL, now).await,
            Err(until),
            "the news was too old"
        );
        now = until;
        assert_eq!(breaker.enter(INTERVAL, now).await, Ok(()));
        breaker.leave(End::Answered, now);
        assert_eq!(breaker.tripped_until(now), None);
    }
}
