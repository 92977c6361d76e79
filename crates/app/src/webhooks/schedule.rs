//! When a message is sent again: the example schedule of Standard Webhooks, 75 hours and a half in all. After the last
//! attempt, `switch_off.rs` decides about the endpoint.

use std::time::Duration;

use crate::env::Env;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// The waits in seconds after the first attempt, the second one, and so on.
const WAITS: [u32; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// The longest time that an endpoint can ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait before the attempt after `attempt`, longer by up to a tenth at random so that many messages do not come at
/// once, and at least as long as the endpoint `asked`; none after the last attempt.
pub(super) fn next_wait(attempt: i32, asked: Option<Duration>, env: &Env) -> Option<Duration> {
    let place = usize::try_from(attempt - 1).unwrap_or_default();
    let wait = *WAITS.get(place)?;
    let wait = Duration::from_secs(u64::from(wait + env.at_most(wait / 10)));
    Some(wait.max(asked.unwrap_or_default().min(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::tests::counting_env;

    #[test]
    fn a_message_is_tried_ten_times_in_three_days() {
        let env = counting_env();
        let waits: Vec<_> = (1..=20)
            .map_while(|attempt| next_wait(attempt, None, &env))
            .collect();
        assert_eq!(waits.len(), 9);
        let hours = waits.iter().sum::<Duration>().as_secs() / 3600;
        assert!((75..84).contains(&hours), "{hours}");
        assert!((5..=6).contains(&waits[0].as_secs()), "{waits:?}");
    }

    #[test]
    fn an_endpoint_can_ask_for_a_longer_wait_within_a_day() {
        let env = counting_env();
        let asked = |seconds| next_wait(1, Some(Duration::from_secs(seconds)), &env);
        assert_eq!(asked(60), Some(Duration::from_secs(60)));
        assert_eq!(asked(900_000), Some(LONGEST_WAIT));
        assert!(asked(1) >= Some(Duration::from_secs(5)));
    }
}
