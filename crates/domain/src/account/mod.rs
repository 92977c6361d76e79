//! Accounts of customers, and the rules for their passwords.

mod customer;
mod email;
mod password;
mod token;

pub use customer::Customer;
pub use email::{Email, LONGEST_EMAIL, is_email};
pub use password::{
    MAX_PASSWORD_LENGTH, MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH, WeakPassword, check_password_strength,
};
pub use token::{PasswordResetLifetime, TokenLifetime};
