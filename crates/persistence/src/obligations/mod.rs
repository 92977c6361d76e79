//! Obligations are effects outside the database. They are written with
//! their cause, claimed under a lease, and kept after they are met.

mod again;
mod by_hand;
mod claim;
mod clock;
mod count;
mod delete_old;
mod list;
mod owed;
mod settle;
mod wake;
mod write;

#[cfg(test)]
pub(crate) use again::without_ended;
pub(crate) use by_hand::met_by_key;
pub use by_hand::{Ending, HeldObligation, ReopenedObligation, SettledByPrefix, SettledObligation};
pub use claim::ClaimedObligation;
pub(crate) use claim::new_fence;
pub(crate) use clock::DatabaseClock;
pub use count::WaitingObligations;
pub use list::{JobPage, JobState, ListedJob};
pub use owed::{Lateness, ListedObligation, ObligationPage, WantedObligations};
pub(crate) use write::rows_of;
pub use write::{NewObligation, OwedReversal, REFUND, VOID};

/// The state of an obligation that a worker will meet, or try again.
pub const PENDING: &str = "pending";
/// The state of an obligation whose effect has happened.
pub const MET: &str = "met";
/// The state of an obligation that the program has given up, so that staff must decide.
pub const NEEDS_ATTENTION: &str = "needs_attention";
/// The state of an obligation that staff ended, although its effect has not happened.
pub const ABANDONED: &str = "abandoned";
