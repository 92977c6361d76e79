//! `requestPasswordResetEmail`: a customer who forgot the password gets a link by mail.

use async_graphql::{Context, Object, Result};

use super::account_address::demand_address;
use crate::kit::context::{app, viewer};
use crate::kit::error::internal;

#[derive(Default)]
pub(crate) struct RequestPasswordResetEmailMutation;

#[Object]
impl RequestPasswordResetEmailMutation {
    /// Mails a link with which the customer chooses a new password, if the website of the requested store view has an
    /// account with the given address. True whether such an account exists or not. Null only together with an error.
    async fn request_password_reset_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The e-mail address with which the customer signs in.")] email: String,
        #[graphql(
            name = "idempotency_key",
            desc = "A key of 1 to 255 printable ASCII characters for this one request: the same request with the same \
                    key changes nothing again and gets the same answer. The header `Idempotency-Key` does the same."
        )]
        idempotency_key: Option<String>,
    ) -> Option<Result<bool>> {
        // The request was keyed by it before (`request/idempotency_key.rs`).
        drop(idempotency_key);
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
