//! `guestOrderByToken`: a guest order by its token (`docs/contract.md` section 7).

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use super::not_located;
use crate::kit::context::{app, viewer};
use crate::kit::error::answered;
use crate::types::CustomerOrder;

#[derive(Default)]
pub(crate) struct GuestOrderByTokenQuery;

/// The token with which an order is found without a sign-in.
#[derive(InputObject)]
struct OrderTokenInput {
    /// The token of the order (`CustomerOrder.token`), or the `orderRef` of a link in a mail.
    token: String,
}

#[Object]
impl GuestOrderByTokenQuery {
    /// Finds a guest order of the requested store view by its token. The answer is an error when the token names no
    /// such order or when the order belongs to an account.
    async fn guest_order_by_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token that the order's `token` field or a mailed link holds.")]
        input: OrderTokenInput,
    ) -> Result<CustomerOrder> {
        let found = app(context)?
            .guest_order_by_token(viewer(context)?, &input.token)
            .await;
        answered(found)?
            .map(|view| CustomerOrder::new(Arc::new(view)))
            .map_err(not_located)
    }
}
