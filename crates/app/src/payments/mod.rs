//! Payment providers: staff connects accounts, and the worker lets them release authorizations and pay money back.

pub mod account;
pub mod retry;
mod reversal;
mod reversal_case;

/// Why staff must move money by itself.
pub(crate) const BY_HAND: &str = "staff must carry this out: no payment provider is connected";
