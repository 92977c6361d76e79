//! `isEmailAvailable`: whether an e-mail address has no account yet.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::account_address::demand_valid_address;
use crate::kit::context::{app, viewer};
use crate::kit::error::internal;

#[derive(Default)]
pub(crate) struct IsEmailAvailableQuery;

/// The result of `isEmailAvailable`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct IsEmailAvailableOutput {
    /// Whether no account has the e-mail address. Always true if the installation hides which accounts exist. Never
    /// null.
    is_email_available: Option<bool>,
}

#[Object]
impl IsEmailAvailableQuery {
    /// Whether no account on the website of the requested store view has a given e-mail address. Null only together
    /// with an error.
    async fn is_email_available(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The e-mail address to check.")] email: String,
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
