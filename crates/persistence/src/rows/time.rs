//! Converts instants to microseconds since 1970 UTC, which are the same on every database, and durations to
//! microseconds.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::DatabaseError;

pub(crate) fn to_micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn from_micros(micros: i64) -> Result<DateTime<Utc>, DatabaseError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| DatabaseError::Corrupt(format!("instant {micros}")))
}

/// The whole microseconds of `duration`.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
