//! Obligations: effects outside the database, written with their cause, claimed under a lease, kept after they are met.

mod claim;
mod clock;
mod count;
mod list;
mod settle;
mod tidy;
mod write;

pub use claim::ClaimedObligation;
pub(crate) use clock::DatabaseClock;
pub use count::ObligationCount;
pub use list::{JobPage, JobState, ListedJob};
pub(crate) use write::rows_of;
pub use write::{NewObligation, OwedReversal, REFUND, VOID};

/// To be met, or to be tried again.
pub const PENDING: &str = "pending";
/// Met: the effect has happened.
pub const MET: &str = "met";
/// Given up by the program: staff must decide.
pub const NEEDS_ATTENTION: &str = "needs_attention";
