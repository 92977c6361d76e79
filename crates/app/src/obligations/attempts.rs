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
}
