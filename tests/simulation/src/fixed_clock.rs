//! A clock that a test sets.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock forward by `step`.
    pub fn advance(&self, step: TimeDelta) {
        if let Ok(mut now) = self.0.lock() {
            *now += step;
        }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
            .lock()
            .map_or_else(|poisoned| *poisoned.into_inner(), |now| *now)
    }
}
