//! Accounts at payment providers, how far voids and refunds are there, and what providers told by themselves, also of
//! payments that no order has yet.

mod account;
mod early;
mod of_payment;
mod report;
mod retry;
mod reversal;
mod series;

pub use account::PaymentAccount;
pub use early::EarlyPayment;
pub use report::KeptProviderReport;
pub(crate) use reversal::entries_of;
pub use reversal::{KeptReversalEntry, NewReversalEntry};
pub(crate) use series::{AskedSeries, add_series};
pub use series::{ReversalSeries, ReversalsOfOrders};
