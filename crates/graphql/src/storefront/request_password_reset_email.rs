//! `requestPasswordResetEmail`: somebody forgot the password.

use async_graphql::{Context, Object, Result};

use super::account_address::demand_address;
use crate::context::{app, viewer};
use crate::error::internal;

#[derive(Default)]
pub(crate) struct RequestPasswordResetEmailMutation;

#[Object]
impl RequestPasswordResetEmailMutation {
    /// Mails a link to choose a new password, if there is such an account; true in any case.
    async fn request_password_reset_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The address to sign in with.")] email: String,
    ) -> Option<Result<bool>> {
        Some(request(context, &email).await)
    }
}

async fn request(context: &Context<'_>, email: &str) -> Result<bool> {
    demand_address(email)?;
    app(context)?
        .request_password_reset(viewer(context)?, email)
        .await
        .map_err(internal)?;
    Ok(true)
}
