//! The rates of the operations, as Amazon publishes them: buckets of tokens that fill up again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

/// The operations, the milliseconds in which a token comes, the size of the bucket, and the rate as the header says it.
const PUBLISHED: [(&str, i64, i64, &str); 7] = [
    ("searchOrders", 178_571, 20, "0.0056"),
    ("getOrder", 2_000, 30, "0.5"),
    ("cancelOrder", 1_000, 5, "1.0"),
    ("createFeedDocument", 2_000, 15, "0.5"),
    ("createFeed", 120_481, 15, "0.0083"),
    ("getFeed", 500, 15, "2.0"),
    ("getFeedDocument", 45_045, 10, "0.0222"),
];

/// A bucket for each operation.
#[derive(Debug, Default)]
pub(super) struct Buckets(HashMap<&'static str, (i64, DateTime<Utc>)>);

impl Buckets {
    /// Takes a token: the rate for the header, or none when the bucket is empty.
    pub(super) fn take(&mut self, operation: &str, now: DateTime<Utc>) -> Option<&'static str> {
        let (name, interval, burst, rate) = *PUBLISHED.iter().find(|row| row.0 == operation)?;
        let (credit, at) = self.0.entry(name).or_insert((burst * interval, now));
        *credit = (*credit + (now - *at).num_milliseconds()).min(burst * interval);
        *at = now;
        if *credit < interval {
            return None;
        }
        *credit -= interval;
        Some(rate)
    }

    /// Empties the bucket of an operation.
    pub(super) fn empty(&mut self, operation: &str, now: DateTime<Utc>) {
        if let Some(row) = PUBLISHED.iter().find(|row| row.0 == operation) {
            self.0.insert(row.0, (0, now));
        }
    }
}
