//! The clock, which tells the use cases the time.

use chrono::{DateTime, Utc};

/// A clock. The use cases get it as an argument, so that tests choose the time.
pub trait Clock: Send + Sync {
    /// The current time in whole microseconds, the precision that every database keeps.
    fn now(&self) -> DateTime<Utc>;
}
