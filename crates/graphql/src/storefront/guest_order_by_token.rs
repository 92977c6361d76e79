//! `guestOrderByToken`: an order by its token (contract section 7).

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use super::not_located;
use crate::context::{app, viewer};
use crate::error::internal;
use crate::types::CustomerOrder;

#[derive(Default)]
pub(crate) struct GuestOrderByTokenQuery;

/// An order's token.
#[derive(InputObject)]
struct OrderTokenInput {
    /// The order's token.
    token: String,
}

#[Object]
impl GuestOrderByTokenQuery {
    /// The guest order of the requested store view that the token was made for.
    async fn guest_order_by_token(
        &self,
        context: &Context<'_>,
        input: OrderTokenInput,
    ) -> Result<CustomerOrder> {
        let found = app(context)?
            .guest_order_by_token(viewer(context)?, &input.token)
            .await
            .map_err(internal)?;
        found
            .map(|view| CustomerOrder::new(Arc::new(view)))
            .map_err(not_located)
    }
}
