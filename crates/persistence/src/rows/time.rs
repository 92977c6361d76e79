//! Converts instants to microseconds since 1970 UTC, which are the same on every database.

use chrono::{DateTime, Utc};

use crate::error::StoreError;

pub(crate) fn to_micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn from_micros(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| StoreError::Corrupt(format!("instant {micros}")))
}
