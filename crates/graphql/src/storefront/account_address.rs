//! Addresses of accounts, and the contract's answers to those that are none.

use async_graphql::Error;
use countermand_app::create_customer::is_email;

use super::is_falsy;
use crate::error::{Category, refused};

/// The address to choose a new password for.
pub(super) fn demand_address(email: &str) -> Result<(), Error> {
    demand_or(
        email,
        "You must specify an email address.",
        "The email address has an invalid format.",
    )
}

/// The address to confirm, or to make an account for.
pub(super) fn demand_valid_address(email: &str) -> Result<(), Error> {
    demand_or(email, "Email must be specified", "Email is invalid")
}

fn demand_or(email: &str, missing: &str, malformed: &str) -> Result<(), Error> {
    if is_falsy(email) {
        Err(bad_input(missing))
    } else if is_email(email) {
        Ok(())
    } else {
        Err(bad_input(malformed))
    }
}

/// A refusal about what was sent.
pub(super) fn bad_input(message: &str) -> Error {
    refused(Category::Input, "BAD_PARAMETER", message)
}
