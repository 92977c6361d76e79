//! The use cases of the shop, one file each: a use case loads, decides and applies.
//!
//! [`App`] holds what every use case needs; each file adds its own methods to it.

pub mod accounts;
pub mod app;
pub mod audit_log;
pub mod bulk;
pub mod cancel;
pub mod channels;
pub mod clock;
pub mod doctor;
pub mod env;
pub mod error;
pub mod events;
pub mod failure;
pub mod idempotency;
mod journal;
pub mod kept_secrets;
mod mails;
pub mod obligations;
mod order_command;
pub mod orders;
pub mod payments;
pub mod ports;
mod refund_word;
pub mod reports;
mod retry_on_conflict;
pub mod rights;
mod seal;
mod settings;
pub mod shop;
mod staff_command;
mod staff_error_code;
mod tidy;
pub mod updates;
mod vault;
pub mod viewer;
pub mod webhooks;

pub use accounts::access_token::{CUSTOMER_TOKEN_HOURS, STAFF_TOKEN_DAYS};
pub use accounts::lockout::Lockout;
pub use accounts::password_hashing::PasswordCost;
pub use accounts::request_limit::RequestLimits;
pub use app::App;
pub use clock::Clock;
pub use env::{Chance, Env, Ids};
pub use error::{AppError, UserError, UserErrorCode};
pub use failure::Failure;
pub use journal::without_addresses;
pub use orders::order_refunds::OrderRefund;
pub use orders::order_view::OrderView;
pub use refund_word::RefundWord;
pub use rights::StaffOperation;
pub use settings::AppSettings;
pub use tidy::{MET_JOBS_KEPT_DAYS, ROWS_IN_A_ROUND};
pub use vault::SecretKeys;
pub use viewer::{Caller, Staff, Viewer, ViewerError};
