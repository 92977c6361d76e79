//! `revokeCustomerToken`: a customer signs out (contract section 10).

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::context::{app, viewer};
use crate::error::{internal, not_a_customer};

#[derive(Default)]
pub(crate) struct RevokeCustomerTokenMutation;

/// What became of it.
#[derive(SimpleObject)]
struct RevokeCustomerTokenOutput {
    /// Whether the tokens are revoked.
    result: bool,
}

#[Object]
impl RevokeCustomerTokenMutation {
    /// Revokes every token of the signed-in customer.
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
