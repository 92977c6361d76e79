//! Converts instants to microseconds since 1970 UTC, which are the same on every database.

use chrono::{DateTime, Utc};

use crate::error::DatabaseError;

pub(crate) fn to_micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn from_micros(micros: i64) -> Result<DateTime<Utc>, DatabaseError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| DatabaseError::Corrupt(format!("instant {micros}")))
}
