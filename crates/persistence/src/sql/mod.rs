//! How this crate speaks SQL: statements with bound values, sent together, answered by type.
//!
//! [`script`] is what the rest of the crate uses. Each database has a file that says how its scripts travel.

pub(crate) mod answers;
mod bound;
mod columns;
mod mysql;
mod postgres;
mod record;
pub(crate) mod retry;
pub(crate) mod rows;
pub(crate) mod script;
pub(crate) mod session;
pub(crate) mod sqlite;
