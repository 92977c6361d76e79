//! Accounts of customers, the tokens of customers and staff, and the tries that are counted against guessing.

pub(crate) mod customer;
mod erase_account;
mod password_reset;
pub(crate) mod rate_limit;
pub(crate) mod session;
pub(crate) mod token;

pub use customer::{AccountKey, CustomerAccount, NewCustomer};
pub use erase_account::LooseObligation;
pub use password_reset::{KeptPasswordReset, PasswordReset};
pub use rate_limit::{RateLimit, UsedLimit};
pub use token::{NewToken, RevokedTokens, TokenInfo, TokenOwner};
