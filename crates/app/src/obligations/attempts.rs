//! How often an obligation is tried, and how long each attempt waits.

use std::time::Duration;

use crate::env::Env;

/// The most attempts: about three days of doubling waits, each an hour at most.
pub(super) const MAX_ATTEMPTS: i32 = 80;

/// The wait before the next attempt: 5 s, 10 s, 20 s, up to an hour, changed at
/// random by up to a quarter so that many obligations do not become due at once.
pub(super) fn next_wait(attempt: i32, env: &Env) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(10);
    let wait = (5_u32 << doublings).min(3600);
    Duration::from_secs(u64::from(wait + env.at_most(wait / 4)))
}

/// The wait before the next look at what is under way: as long as it has waited so far, but at least 5 seconds and at most
/// an hour, changed at random as [`next_wait`] is.
pub(super) fn waiting_time(waited: Duration, env: &Env) -> Duration {
    let wait = u32::try_from(waited.as_secs()).unwrap_or(3600).clamp(5, 3600);
    Duration::from_secs(u64::from(wait + env.at_most(wait / 4)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::tests::counting_env;

    #[test]
    fn waits_double_up_to_an_hour() {
        for (attempt, shortest) in [(1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (79, 3600)] {
            let wait = next_wait(attempt, &counting_env()).as_secs();
            assert!(
                (shortest..=shortest + shortest / 4).contains(&wait),
                "{attempt}: {wait}"
            );
        }
    }

    #[test]
    fn what_waits_is_looked_at_at_least_once_an_hour() {
        for (waited, shortest) in [(0, 5), (4, 5), (60, 60), (3600, 3600), (u64::MAX, 3600)] {
            let wait = waiting_time(Duration::from_secs(waited), &counting_env()).as_secs();
            assert!(
                (shortest..=shortest + shortest / 4).contains(&wait),
                "{waited}: {wait}"
            );
        }
    }
}
