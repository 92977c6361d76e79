//! Times as `docs/contract.md` section 7 prints them: `2025-01-31 13:45:00`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

const PATTERN: &str = "%Y-%m-%d %H:%M:%S";

/// The time `at` in UTC.
pub(crate) fn utc(at: DateTime<Utc>) -> String {
    at.format(PATTERN).to_string()
}

/// The time `at` in the time zone with the IANA name `zone`; in UTC when there is no such zone.
pub(crate) fn local(at: DateTime<Utc>, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    at.with_timezone(&zone).format(PATTERN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_the_zone_of_the_store() {
        let at = DateTime::from_timestamp(1_735_689_600, 999_000).expect("a moment");
        assert_eq!(utc(at), "2025-01-01 00:00:00");
        assert_eq!(local(at, "Europe/Amsterdam"), "2025-01-01 01:00:00");
        assert_eq!(local(at, "America/Los_Angeles"), "2024-12-31 16:00:00");
        assert_eq!(local(at, "Mars/Olympus_Mons"), "2025-01-01 00:00:00");
    }
}
