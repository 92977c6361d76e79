//! Checks the e-mail addresses of accounts, and refuses malformed ones in the contract's words.

use async_graphql::Error;
use countermand_domain::is_email;

use super::is_falsy;
use crate::kit::error::{Category, refused};

/// Checks the address of an account whose password is to be changed.
pub(super) fn demand_address(email: &str) -> Result<(), Error> {
    demand_or(
        email,
        "You must specify an email address.",
        "The email address has an invalid format.",
    )
}

/// Checks the address of an account that is to be confirmed or created.
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

/// A refusal of the input, with `message`.
pub(super) fn bad_input(message: &str) -> Error {
    refused(Category::Input, "BAD_PARAMETER", message)
}
