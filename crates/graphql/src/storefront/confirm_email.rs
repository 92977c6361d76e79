//! `confirmEmail` and `resendConfirmationEmail`: accounts here are made by staff and wait for no confirmation.
//!
//! The answers are the contract's for an account that is active, for every address: nobody learns who has one.

use async_graphql::{InputObject, Object, Result};

use super::account_address::{bad_input, demand_valid_address};
use crate::types::Customer;

#[derive(Default)]
pub(crate) struct ConfirmEmailMutation;

/// Which account, and the key for it.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct ConfirmEmailInput {
    /// The key from the mail.
    confirmation_key: String,
    /// The address to sign in with.
    email: String,
}

/// A customer with an account.
#[derive(async_graphql::SimpleObject)]
struct CustomerOutput {
    /// The customer.
    customer: Customer,
}

#[Object]
impl ConfirmEmailMutation {
    /// Refused for every address: no account waits for a confirmation.
    async fn confirm_email(&self, input: ConfirmEmailInput) -> Option<Result<CustomerOutput>> {
        Some(confirm(&input))
    }

    /// Refused for every address: no account waits for a confirmation.
    async fn resend_confirmation_email(
        &self,
        #[graphql(desc = "The address to sign in with.")] email: String,
    ) -> Option<Result<bool>> {
        let refused = demand_valid_address(&email).and(Err(bad_input("Confirmation isn't needed.")));
        Some(refused)
    }
}

fn confirm(input: &ConfirmEmailInput) -> Result<CustomerOutput> {
    demand_valid_address(&input.email)?;
    if input.confirmation_key.is_empty() {
        return Err(bad_input("Confirmation key must be specified"));
    }
    Err(bad_input("The account is already active."))
}
