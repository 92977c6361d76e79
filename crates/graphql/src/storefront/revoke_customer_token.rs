//! `revokeCustomerToken`: a customer signs out (`docs/contract.md` section 10).

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::kit::context::{app, viewer};
use crate::kit::error::{internal, not_a_customer};

#[derive(Default)]
pub(crate) struct RevokeCustomerTokenMutation;

/// The result of `revokeCustomerToken`.
#[derive(SimpleObject)]
struct RevokeCustomerTokenOutput {
    /// Whether the access tokens were revoked; always true.
    result: bool,
}

#[Object]
impl RevokeCustomerTokenMutation {
    /// Revokes all access tokens of the signed-in customer. Null only together with an error, such as when no customer
    /// is signed in.
    async fn revoke_customer_token(
        &self,
        context: &Context<'_>,
    ) -> Option<Result<RevokeCustomerTokenOutput>> {
        Some(sign_out(context).await)
    }
}

async fn sign_out(context: &Context<'_>) -> Result<RevokeCustomerTokenOutput> {
    let viewer = viewer(context)?;
    if viewer.customer().is_none() {
        return Err(not_a_customer());
    }
    app(context)?.sign_out(viewer).await.map_err(internal)?;
    Ok(RevokeCustomerTokenOutput { result: true })
}
