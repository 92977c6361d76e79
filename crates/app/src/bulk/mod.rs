//! Jobs that cancel many orders: staff begins and stops them, and workers carry them out.

pub mod forecast;
mod input_hash;
pub mod start;
pub mod watch;
pub mod work;

pub use countermand_persistence::{BulkCancellation, BulkCount, BulkOrder, BulkOrderPage, BulkPage};
