//! `resetPassword`: a customer sets a new password with the token from the mail.

use async_graphql::{Context, Object, Result};

use super::account_address::{bad_input, demand_address};
use super::is_falsy;
use crate::kit::context::{app, viewer};
use crate::kit::error::answered;

#[derive(Default)]
pub(crate) struct ResetPasswordMutation;

#[Object]
impl ResetPasswordMutation {
    /// Sets a new password for an account and revokes all access tokens of the account. True when the password was
    /// set. Null only together with an error.
    async fn reset_password(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The e-mail address with which the customer signs in.")] email: String,
        #[graphql(
            desc = "The token from the link in the mail; it is valid once and for two hours.",
            secret
        )]
        reset_password_token: String,
        #[graphql(
            desc = "The new password: at least 8 characters and at most 256 bytes, of at least three of these kinds \
                    of characters: lower case, upper case, digits, others.",
            secret
        )]
        new_password: String,
        #[graphql(
            name = "idempotency_key",
            desc = "A key of 1 to 255 printable ASCII characters for this one request: the same request with the same \
                    key changes nothing again and gets the same answer. The header `Idempotency-Key` does the same."
        )]
        idempotency_key: Option<String>,
    ) -> Option<Result<bool>> {
        // The request was keyed by it before (`request/idempotency_key.rs`).
        drop(idempotency_key);
        Some(reset(context, &email, &reset_password_token, new_password).await)
    }
}

async fn reset(context: &Context<'_>, email: &str, token: &str, password: String) -> Result<bool> {
    demand_address(email)?;
    if is_falsy(token) {
        return Err(bad_input("resetPasswordToken must be specified"));
    }
    if is_falsy(&password) {
        return Err(bad_input("newPassword must be specified"));
    }
    let outcome = app(context)?
        .reset_password(viewer(context)?, email, token, password)
        .await;
    answered(outcome)?
        .map(|()| true)
        .map_err(|refusal| bad_input(&refusal.to_string()))
}
