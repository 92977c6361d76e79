//! Cancellations of many orders by one job: its states, the result of each order, and how fast it may go.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr};

/// The most orders that a job may cancel in a second.
pub const MOST_BULK_ORDERS_PER_SECOND: i32 = 100;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BulkState {
    /// No worker has begun.
    Queued,
    /// Workers cancel its orders.
    Running,
    /// Staff stopped the job; its waiting orders stay as they are until staff resumes it.
    Stopped,
    /// Each order has its result.
    Done,
}

/// The result of one order of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BulkOrderState {
    /// The job has not reached the order yet.
    Waiting,
    /// This job canceled the order.
    Canceled,
    /// The rules refused the cancellation.
    Refused,
    /// The program could not decide.
    Failed,
}

/// The speed of a job: so many orders in a second, all at once at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkPace {
    per_second: i32,
}

impl BulkPace {
    /// The pace of `per_second` orders; none unless it is 1 to [`MOST_BULK_ORDERS_PER_SECOND`].
    #[must_use]
    pub fn new(per_second: i32) -> Option<Self> {
        (1..=MOST_BULK_ORDERS_PER_SECOND)
            .contains(&per_second)
            .then_some(Self { per_second })
    }

    /// How many orders may be canceled `now`, at most `most`, by a job whose earlier orders used up the time until
    /// `paced_at`; and the time that is used up after them. Time of more than a second ago does not count.
    #[must_use]
    pub fn allow(self, paced_at: DateTime<Utc>, now: DateTime<Utc>, most: u32) -> (u32, DateTime<Utc>) {
        let begin = paced_at.max(now - TimeDelta::seconds(1));
        let of_one = 1_000_000 / i64::from(self.per_second);
        let free = (now - begin).num_microseconds().unwrap_or(0).max(0) / of_one;
        let count = u32::try_from(free).unwrap_or(most).min(most);
        (count, begin + TimeDelta::microseconds(of_one * i64::from(count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Setting;

    #[test]
    fn a_job_cancels_so_many_orders_in_each_second_and_no_more_after_a_pause() {
        let pace = BulkPace::new(4).expect("a pace");
        let begin = DateTime::from_timestamp(1_700_000_000, 0).expect("an instant");
        let long_ago = DateTime::UNIX_EPOCH;
        let (first, used) = pace.allow(long_ago, begin, 25);
        assert_eq!((first, used), (4, begin));
        assert_eq!(pace.allow(used, begin, 25), (0, begin));
        let soon = begin + TimeDelta::milliseconds(600);
        let (second, used) = pace.allow(used, soon, 25);
        assert_eq!((second, used), (2, begin + TimeDelta::milliseconds(500)));
        assert_eq!(pace.allow(used, begin + TimeDelta::hours(1), 25).0, 4);
        assert_eq!(pace.allow(used, begin + TimeDelta::hours(1), 3).0, 3);
        assert_eq!(
            pace.allow(begin + TimeDelta::hours(2), begin, 25).0,
            0,
            "a clock that was set back"
        );
    }

    #[test]
    fn each_pace_that_the_setting_accepts_is_a_pace_of_a_job() {
        let setting = Setting::bulk_orders_per_second();
        for number in [-1, 0, 1, 10, 100, 101] {
            let pace = i32::try_from(number).ok().and_then(BulkPace::new);
            assert_eq!(setting.accepts.allows(&number.into()), pace.is_some(), "{number}");
        }
    }

    #[test]
    fn a_pace_is_one_to_a_hundred_orders_a_second() {
        for (per_second, is_pace) in [(0, false), (1, true), (100, true), (101, false), (-1, false)] {
            assert_eq!(BulkPace::new(per_second).is_some(), is_pace, "{per_second}");
        }
    }
}
