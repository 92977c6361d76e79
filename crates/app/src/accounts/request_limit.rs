//! Limits the requests of each caller. Each process counts on its own, before any query runs.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::App;
use crate::accounts::network::network_of;
use crate::error::AppError;
use crate::journal;
use crate::viewer::{Caller, Viewer};

/// The number of requests after which callers that sent no request lately are forgotten.
const SWEEP: u32 = 1024;

/// How many requests each caller may send in a minute; 0 means any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestLimits {
    /// How many requests may come from a network address.
    pub per_address: u32,
    /// How many mutations a customer or a member of staff may send, or an address without
    /// signing in. The same number limits how many orders may be canceled from an address.
    pub mutations_per_viewer: u32,
}

/// Counts requests by caller. Idle callers are forgotten, so memory follows the callers of about a minute.
pub(crate) struct RequestLimiter {
    requests: Option<Counter>,
    mutations: Option<Counter>,
    cancellations: Option<Counter>,
}

impl App {
    /// Whether one more request is taken from `origin`; [`AppError::RateLimited`] if not.
    pub fn admit_request(&self, origin: &str) -> Result<(), AppError> {
        let limit = "requests_per_address";
        admit(limit, self.requests().requests.as_ref(), &network_of(origin), 1)
    }

    /// Whether `count` more mutations are taken from `viewer`; [`AppError::RateLimited`] if not.
    pub fn admit_mutations(&self, viewer: &Viewer, count: u32) -> Result<(), AppError> {
        let caller = match &viewer.caller {
            Caller::Anonymous => format!("from {}", network_of(&viewer.origin)),
            Caller::Customer(customer) => format!("customer {}", customer.id.number()),
            Caller::Staff(staff) => format!("staff {}", staff.name),
        };
        admit("mutations", self.requests().mutations.as_ref(), &caller, count)
    }

    /// Whether one more order may be canceled from the network of `viewer`. The contract's answers
    /// tell whether an order exists, and using many accounts must not help to find out.
    pub(crate) fn admit_cancellation(&self, viewer: &Viewer) -> Result<(), AppError> {
        admit(
            "cancellations_per_address",
            self.requests().cancellations.as_ref(),
            &network_of(&viewer.origin),
            1,
        )
    }
}

impl RequestLimiter {
    pub(crate) fn new(limits: RequestLimits) -> Self {
        Self {
            requests: Counter::new(limits.per_address),
            mutations: Counter::new(limits.mutations_per_viewer),
            cancellations: Counter::new(limits.mutations_per_viewer),
        }
    }
}

struct Counter {
    callers: DefaultKeyedRateLimiter<String>,
    most: NonZeroU32,
    checks: AtomicU32,
}

impl Counter {
    /// Makes a limiter; none where the number is not limited.
    fn new(per_minute: u32) -> Option<Self> {
        let most = NonZeroU32::new(per_minute)?;
        Some(Self {
            callers: RateLimiter::keyed(Quota::per_minute(most)),
            most,
            checks: AtomicU32::new(0),
        })
    }

    /// How long `caller` has to wait for `count` more requests; none if they are accepted.
    fn check(&self, caller: &str, count: NonZeroU32) -> Option<TimeDelta> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.callers.retain_recent();
            self.callers.shrink_to_fit();
        }
        // More requests at once than the limit for a minute would never be accepted.
        let count = count.min(self.most);
        match self.callers.check_key_n(&caller.to_owned(), count) {
            Ok(Ok(())) => None,
            Ok(Err(refused)) => {
                let wait = refused.wait_time_from(self.callers.clock().now());
                Some(TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX))
            }
            Err(_) => Some(TimeDelta::minutes(1)),
        }
    }
}

/// Counts `count` requests of `caller`, and refuses them beyond the limit, which the metrics call `limit`.
fn admit(limit: &str, counter: Option<&Counter>, caller: &str, count: u32) -> Result<(), AppError> {
    let (Some(counter), Some(count)) = (counter, NonZeroU32::new(count)) else {
        return Ok(());
    };
    let Some(retry_after) = counter.check(caller, count) else {
        return Ok(());
    };
    journal::count_limit_hit(limit);
    Err(AppError::RateLimited { retry_after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_limit_of_its_own() {
        let counter = Counter::new(3);
        for _ in 0..3 {
            assert!(admit("test", counter.as_ref(), "one", 1).is_ok());
        }
        let refused = admit("test", counter.as_ref(), "one", 1);
        let Err(AppError::RateLimited { retry_after }) = refused else {
            panic!("{refused:?}")
        };
        assert!(retry_after > TimeDelta::zero() && retry_after <= TimeDelta::seconds(20));
        assert!(admit("test", counter.as_ref(), "other", 3).is_ok());
        assert!(admit("test", counter.as_ref(), "other", 1).is_err());
    }

    #[test]
    fn more_than_the_limit_at_once_is_the_limit() {
        let counter = Counter::new(3);
        assert!(admit("test", counter.as_ref(), "one", 100).is_ok());
        assert!(admit("test", counter.as_ref(), "one", 1).is_err());
    }

    #[test]
    fn callers_do_not_fill_the_memory() {
        // At a million requests a minute, the count of a caller is back at zero after 60 microseconds.
        let counter = Counter::new(1_000_000);
        for caller in 0..SWEEP * 20 {
            assert!(admit("test", counter.as_ref(), &caller.to_string(), 1).is_ok());
        }
        let kept = counter.map_or(usize::MAX, |counter| counter.callers.len());
        assert!(kept <= 2 * SWEEP as usize, "{kept} callers");
    }

    #[test]
    fn without_a_limit_any_number_is_taken() {
        let counter = Counter::new(0);
        assert!((0..10_000).all(|_| admit("test", counter.as_ref(), "one", 1).is_ok()));
    }
}
