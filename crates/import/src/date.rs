//! The notations of an instant: `YYYY-MM-DD HH:MM:SS` in UTC, and RFC 3339.

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};

/// The instant that `text` states, kept to the microsecond; none if it is in neither notation, or before 1970.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let adobe = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|it| it.and_utc());
    let read = adobe().or_else(|_| DateTime::parse_from_rfc3339(text).map(|it| it.to_utc()));
    let at = DateTime::from_timestamp_micros(read.ok()?.timestamp_micros())?;
    (1970..=9999).contains(&at.year()).then_some(at)
}
