//! `resetPassword`: a new password by the token from the mail.

use async_graphql::{Context, Object, Result};

use super::account_address::{bad_input, demand_address};
use super::is_falsy;
use crate::context::{app, viewer};
use crate::error::internal;

#[derive(Default)]
pub(crate) struct ResetPasswordMutation;

#[Object]
impl ResetPasswordMutation {
    /// Gives an account a new password and ends all its sessions.
    async fn reset_password(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The address to sign in with.")] email: String,
        #[graphql(desc = "The token from the mail.", secret)] reset_password_token: String,
        #[graphql(desc = "At least as long and as mixed as `storeConfig` says.", secret)]
        new_password: String,
    ) -> Option<Result<bool>> {
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
    match outcome.map_err(internal)? {
        Ok(()) => Ok(true),
        Err(refusal) => Err(bad_input(&refusal.to_string())),
    }
}
