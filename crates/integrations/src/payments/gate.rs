//! How many requests an account may send: a limit per second, and a pause after failures in a row.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// How long one request takes of the account's time: 20 requests a second.
const INTERVAL: Duration = Duration::from_millis(50);
/// How much time an account saves up: after a rest, 20 requests pass at once.
const SAVED: Duration = Duration::from_millis(950);
/// How many failures in a row stop the requests.
const MOST_FAILURES: u32 = 5;
/// How long nothing is sent after that; then one request tries whether the provider answers again.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The gate that each request of an account passes, in this process.
#[derive(Debug)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug)]
struct State {
    /// When the requests that passed have used up their time.
    used_until: Instant,
    failures: u32,
    closed_until: Option<DateTime<Utc>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Mutex::new(State {
            used_until: Instant::now(),
            failures: 0,
            closed_until: None,
        }))
    }
}

impl Gate {
    /// Waits until one more request may be sent. The error says until when nothing may be sent.
    pub(super) async fn enter(&self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        loop {
            let Some(wait) = self.state(|state| state.take(now, Instant::now()))? else {
                return Ok(());
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes down how a request ended.
    pub(super) fn leave(&self, has_failed: bool, now: DateTime<Utc>) {
        self.state(|state| {
            if !has_failed {
                (state.failures, state.closed_until) = (0, None);
                return;
            }
            state.failures = state.failures.saturating_add(1);
            if state.failures >= MOST_FAILURES {
                state.closed_until = Some(now + PAUSE);
            }
        });
    }

    /// Until when nothing is sent; none while requests pass.
    pub(super) fn closed_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state(|state| state.closed_until.filter(|until| now < *until))
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Takes the place of one request, or says how long to wait for it.
    fn take(&mut self, now: DateTime<Utc>, at: Instant) -> Result<Option<Duration>, DateTime<Utc>> {
        if let Some(until) = self.closed_until.filter(|until| now < *until) {
            return Err(until);
        }
        let used_until = self.used_until.max(at);
        let ahead = used_until.saturating_duration_since(at);
        if ahead > SAVED {
            return Ok(Some(ahead.saturating_sub(SAVED)));
        }
        self.used_until = used_until + INTERVAL;
        // After a pause one request tries; the others wait until its answer is there.
        self.closed_until = self.closed_until.map(|_| now + PAUSE);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_requests_pass_in_a_second() {
        let (gate, now, begin) = (Gate::default(), DateTime::UNIX_EPOCH, Instant::now());
        let mut at = begin;
        for _ in 0..60 {
            while let Some(wait) = gate.state(|state| state.take(now, at)).expect("an open gate") {
                at += wait;
            }
        }
        let took = at - begin;
        let two_seconds = Duration::from_millis(1_950)..Duration::from_millis(2_050);
        assert!(two_seconds.contains(&took), "{took:?}");
    }

    #[tokio::test]
    async fn after_five_failures_in_a_row_one_request_tries_each_minute() {
        let (gate, mut now) = (Gate::default(), DateTime::UNIX_EPOCH);
        for failures in [4, 5] {
            for _ in 0..failures {
                assert_eq!(gate.enter(now).await, Ok(()));
                gate.leave(true, now);
            }
            if failures == 4 {
                gate.leave(false, now);
            }
        }
        let until = now + PAUSE;
        assert_eq!(gate.closed_until(now), Some(until));
        assert_eq!(gate.enter(now).await, Err(until));
        now = until;
        assert_eq!(gate.enter(now).await, Ok(()));
        assert_eq!(gate.enter(now).await, Err(now + PAUSE), "one request tries");
        gate.leave(false, now);
        assert_eq!(gate.enter(now).await, Ok(()));
        assert_eq!(gate.closed_until(now), None);
    }
}
