//! Accounts at payment providers, and how far voids and refunds are there.

mod account;
mod reversal;

pub use account::PaymentAccount;
pub use reversal::KeptReversalEntry;
