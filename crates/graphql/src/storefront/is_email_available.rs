//! `isEmailAvailable`: whether an address is free for a new account.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::account_address::demand_valid_address;
use crate::context::{app, viewer};
use crate::error::internal;

#[derive(Default)]
pub(crate) struct IsEmailAvailableQuery;

/// Whether an address is free.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct IsEmailAvailableOutput {
    /// Whether nobody signs in with it.
    is_email_available: Option<bool>,
}

#[Object]
impl IsEmailAvailableQuery {
    /// Whether nobody signs in with `email` on the website of the requested store view.
    async fn is_email_available(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The address to sign in with.")] email: String,
    ) -> Option<Result<IsEmailAvailableOutput>> {
        Some(check(context, &email).await)
    }
}

async fn check(context: &Context<'_>, email: &str) -> Result<IsEmailAvailableOutput> {
    demand_valid_address(email)?;
    let available = app(context)?
        .is_email_available(viewer(context)?, email)
        .await
        .map_err(internal)?;
    Ok(IsEmailAvailableOutput {
        is_email_available: Some(available),
    })
}
