//! Where time comes from.

use chrono::{DateTime, Utc};

/// Tells the time; passed in, so that tests decide what time it is.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds: what every database keeps.
    fn now(&self) -> DateTime<Utc>;
}
