//! Jobs that cancel many orders: the frozen list of orders, the workers' claims, and the result of each order.

mod claim;
mod delete_old;
mod list;
mod write;

pub(crate) use claim::result_of;
pub use claim::{BulkOutcome, BulkPlace, ClaimedBulk, DueBulk, WaitingBulkOrder};
pub use list::{BulkCancellation, BulkCount, BulkOrder, BulkOrderPage, BulkPage};
pub use write::{NewBulkCancellation, StartedBulk};
