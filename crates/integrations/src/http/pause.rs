//! How long a server asks to wait.

use chrono::{DateTime, TimeDelta, Utc};

/// The pause when a server asks for patience and does not say how much.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// When the pause ends that `Retry-After` asks for, in seconds or as a date: at least a second and at most `longest`.
pub(crate) fn pause_end(retry_after: Option<&str>, now: DateTime<Utc>, longest: TimeDelta) -> DateTime<Utc> {
    let asked = retry_after.and_then(|text| {
        if let Ok(seconds) = text.trim().parse::<u32>() {
            return Some(TimeDelta::seconds(i64::from(seconds)));
        }
        let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
        Some(date.with_timezone(&Utc) - now)
    });
    now + asked.unwrap_or(PAUSE).clamp(TimeDelta::seconds(1), longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_what_the_server_asks_for_within_limits() {
        let now = DateTime::parse_from_rfc3339("2026-11-27T06:00:00Z")
            .expect("an answer")
            .with_timezone(&Utc);
        for (asked, seconds) in [
            (None, 60),
            (Some("30"), 30),
            (Some("0"), 1),
            (Some("99999999"), 86_400),
            (Some("99999999999999999999"), 60),
            (Some("Fri, 27 Nov 2026 06:02:00 GMT"), 120),
            (Some("Fri, 27 Nov 2020 06:02:00 GMT"), 1),
            (Some("soon"), 60),
        ] {
            assert_eq!(
                pause_end(asked, now, TimeDelta::days(1)),
                now + TimeDelta::seconds(seconds),
                "{asked:?}"
            );
        }
    }
}
