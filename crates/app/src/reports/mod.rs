//! Reports about the shop's orders.

pub mod cancellation_report;
mod csv;
pub mod local_days;
