//! Accounts, sign-in, tokens, and the limits against guessing.

pub mod access_token;
pub mod create_customer;
pub mod email_availability;
pub mod erase_customer;
pub mod export_customer;
pub mod lockout;
pub mod network;
pub(crate) mod password_hashing;
pub mod person;
pub mod request_limit;
pub mod request_password_reset;
pub mod reset_password;
pub mod sign_in;
pub(crate) mod tries;
