//! One file per thing the shop can be asked to do: load, decide, apply.
//!
//! [`App`] holds what every use case needs; each file adds its own methods to it.

pub mod access_token;
pub mod app;
pub mod cancel_order;
pub mod cancel_order_as_admin;
pub mod cancellation_config;
pub mod clock;
pub mod confirm_guest_cancellation;
pub mod create_credit_memo;
pub mod create_customer;
pub mod create_invoice;
pub mod create_shipment;
pub mod create_store;
pub mod create_website;
pub mod customer_orders;
pub mod doctor;
pub mod email_availability;
pub mod error;
pub mod failure;
pub mod find_orders;
pub mod guest_order;
pub mod hold_order;
pub mod import;
mod import_batch;
mod import_customers;
pub mod import_orders;
mod import_summary;
mod merchant_notice;
mod notice;
pub mod obligations;
mod order_command;
mod order_link;
pub mod order_token;
pub mod order_view;
mod password_hashing;
pub mod ports;
pub mod request_guest_cancellation;
pub mod request_limit;
pub mod request_password_reset;
pub mod reset_password;
mod seal;
pub mod send_order_confirmation;
pub mod sign_in;
mod staff_command;
mod tries;
pub mod viewer;

pub use app::{App, AppSettings, Lockout};
pub use clock::Clock;
pub use error::{AppError, UserError, UserErrorCode};
pub use failure::Failure;
pub use order_view::OrderView;
pub use password_hashing::PasswordCost;
pub use request_limit::RequestLimits;
pub use viewer::{Staff, Viewer, ViewerError, Who};
