//! How long no publication is begun after publications failed, so that a stream that refuses is not asked all the time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The longest rest in seconds.
const LONGEST: u64 = 10;

/// The failures since the last success.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Failures>);

#[derive(Debug, Default)]
struct Failures {
    in_a_row: u32,
    last: Option<Instant>,
}

impl Rest {
    /// Whether a publication may begin: 1, 2, 4 seconds and so on after the last failure, 10 seconds at most.
    pub(super) fn is_over(&self) -> bool {
        let failures = self.failures();
        let wait = 1_u64 << failures.in_a_row.saturating_sub(1).min(5);
        let wait = Duration::from_secs(wait.min(LONGEST));
        failures.last.is_none_or(|last| last.elapsed() >= wait)
    }

    /// Notes how a publication ended.
    pub(super) fn note(&self, has_succeeded: bool) {
        let mut failures = self.failures();
        if has_succeeded {
            *failures = Failures::default();
        } else {
            failures.in_a_row = failures.in_a_row.saturating_add(1);
            failures.last = Some(Instant::now());
        }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_followed_by_a_rest_and_a_success_ends_it() {
        let rest = Rest::default();
        assert!(rest.is_over());
        rest.note(false);
        assert!(!rest.is_over());
        rest.note(true);
        assert!(rest.is_over());
    }

    #[test]
    fn no_number_of_failures_lets_a_rest_last_for_ever() {
        let long_ago = Instant::now().checked_sub(Duration::from_secs(LONGEST));
        let rest = Rest(Mutex::new(Failures {
            in_a_row: u32::MAX,
            last: long_ago,
        }));
        assert!(rest.is_over());
    }
}
