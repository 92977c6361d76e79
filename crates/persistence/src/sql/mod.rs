//! SQL for this crate: statements with bound values are sent together, and their answers have types.
//!
//! The rest of the crate uses [`script`]. Each database has a file that sends the scripts to it.

pub(crate) mod answers;
pub(crate) mod batches;
mod bound;
mod columns;
pub(crate) mod connect;
pub(crate) mod contains;
mod leased;
pub(crate) mod lost_answers;
mod mysql;
pub(crate) mod one_of;
mod postgres;
pub(crate) mod reachability;
mod record;
pub(crate) mod retry;
pub(crate) mod rows;
pub(crate) mod script;
pub(crate) mod session;
pub(crate) mod sqlite;
pub(crate) mod url;
