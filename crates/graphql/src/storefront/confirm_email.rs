//! `confirmEmail` and `resendConfirmationEmail`: staff and imports create all accounts, so no account waits for a
//! confirmation.
//!
//! Every address gets the contract's answer for an active account, so that the answer does not tell who has an
//! account.

use async_graphql::{InputObject, Object, Result};

use super::account_address::{bad_input, demand_valid_address};
use crate::types::Customer;

#[derive(Default)]
pub(crate) struct ConfirmEmailMutation;

/// The account to confirm, and the confirmation key.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct ConfirmEmailInput {
    /// The confirmation key from the mail.
    confirmation_key: String,
    /// The e-mail address with which the customer signs in.
    email: String,
}

/// The result of `confirmEmail`.
#[derive(async_graphql::SimpleObject)]
struct CustomerOutput {
    /// The customer whose account was confirmed.
    customer: Customer,
}

#[Object]
impl ConfirmEmailMutation {
    /// Confirms the e-mail address of a new account. Always null with an error, because no account of this shop waits
    /// for a confirmation.
    async fn confirm_email(
        &self,
        #[graphql(desc = "The account to confirm, and the confirmation key.")] input: ConfirmEmailInput,
    ) -> Option<Result<CustomerOutput>> {
        Some(confirm(&input))
    }

    /// Mails the confirmation key of a new account again. Always null with an error, because no account of this shop
    /// waits for a confirmation.
    async fn resend_confirmation_email(
        &self,
        #[graphql(desc = "The e-mail address with which the customer signs in.")] email: String,
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
