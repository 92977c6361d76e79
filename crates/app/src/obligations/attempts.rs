//! How often an obligation is tried, and how long each attempt waits.

use std::time::Duration;

use crate::env::Env;

/// The most attempts: about three days of doubling waits, each an hour at most.
pub(super) const MAX_ATTEMPTS: i32 = 80;

/// The wait before the next attempt: 5 s, 10 s, 20 s, up to an hour, changed at
/// random by up to a quarter so that many obligations do not become due at once.
pub(super) fn next_wait(attempt: i32, env: &Env) -> Duration {
    let wait = doubled(attempt).min(3600);
    Duration::from_secs(u64::from(wait + env.at_most(wait / 4)))
}

/// The longest wait, in seconds, of what was sent to an account at a payment provider that fails, without the part that
/// is drawn.
const LONGEST_AT_FAILING: u32 = 30;
/// How many of the first attempts count where the other side fails.
const FIRST_COUNTED: i32 = 3;
/// Of the later ones, one in so many counts: a hundred of these waits are about an hour.
const COUNTED_ONE_IN: u32 = 100;

/// The wait of an obligation whose account at a payment provider fails: 5 s, 10 s, 20 s, then half a minute, changed at
/// random by up to a quarter, but not before the end of the `pause` in which nothing is sent to the account.
///
/// What `was_sent` before the pause is sent first after it, and tells whether the provider answers again. The rest waits
/// for up to half a minute more, so that not all of it becomes due at once.
pub(super) fn wait_at_failing(attempt: i32, pause: Duration, was_sent: bool, env: &Env) -> Duration {
    if !was_sent {
        let pause = pause.max(Duration::from_secs(1));
        return pause + Duration::from_secs(u64::from(env.at_most(LONGEST_AT_FAILING)));
    }
    let wait = doubled(attempt).min(LONGEST_AT_FAILING);
    let pause_seconds = u32::try_from(pause.as_secs()).unwrap_or(LONGEST_AT_FAILING);
    let drawn = env.at_most(wait.max(pause_seconds) / 4);
    Duration::from_secs(u64::from(wait)).max(pause) + Duration::from_secs(u64::from(drawn))
}

/// Whether an attempt counts that failed because a payment provider or the mail server fails: the first ones, then one
/// in a hundred by chance. So what is tried every half minute is given up after about three days, too.
pub(super) fn counts_at_failing(attempt: i32, env: &Env) -> bool {
    attempt <= FIRST_COUNTED || env.at_most(COUNTED_ONE_IN - 1) == 0
}

/// Seconds: 5, 10, 20 and so on, for the attempts from 1 on.
fn doubled(attempt: i32) -> u32 {
    5 << u32::try_from(attempt - 1).unwrap_or(0).min(10)
}

/// The wait before the next look at what is under way: as long as it has waited so far, but at least 5 seconds and at most
/// an hour, changed at random as [`next_wait`] is.
pub(super) fn waiting_time(waited: Duration, env: &Env) -> Duration {
    let wait = u32::try_from(waited.as_secs()).unwrap_or(3600).clamp(5, 3600);
    Duration::from_secs(u64::from(wait + env.at_most(wait / 4)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::env::Chance;
    use crate::env::tests::counting_env;

    /// A source of the numbers from 0 on, one after the other.
    #[derive(Default)]
    struct InTurn(AtomicU64);

    impl Chance for InTurn {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        }
    }

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

    #[test]
    fn what_waits_for_an_account_that_fails_is_tried_within_a_minute() {
        let (open, closed) = (Duration::ZERO, Duration::from_secs(30));
        for (attempt, pause, was_sent, shortest, longest) in [
            (1, open, true, 5, 6),
            (2, open, true, 10, 12),
            (3, open, true, 20, 25),
            (4, open, true, 30, 37),
            (79, open, true, 30, 37),
            (1, closed, true, 30, 37),
            (79, closed, true, 30, 37),
            (1, closed, false, 30, 60),
            (79, closed, false, 30, 60),
            (1, open, false, 1, 31),
        ] {
            let env = counting_env();
            for _ in 0..40 {
                let wait = wait_at_failing(attempt, pause, was_sent, &env).as_secs();
                assert!(
                    (shortest..=longest).contains(&wait),
                    "{attempt}, {pause:?}: {wait}"
                );
            }
        }
    }

    #[test]
    fn an_account_that_fails_for_three_days_uses_up_the_attempts() {
        let env = Env {
            chance: Arc::new(InTurn::default()),
            ..counting_env()
        };
        let (mut attempt, mut waited) = (1, Duration::ZERO);
        while attempt < MAX_ATTEMPTS {
            if counts_at_failing(attempt, &env) {
                attempt += 1;
            }
            waited += wait_at_failing(attempt, Duration::ZERO, true, &counting_env());
        }
        let hours = waited.as_secs() / 3600;
        assert!((60..80).contains(&hours), "{hours} hours");
    }
}
