//! `cancelOrder`: a customer cancels their order (contract section 3.1).

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::demand;
use crate::context::{app, viewer};
use crate::error::{internal, not_a_customer};
use crate::types::CancelOrderOutput;
use crate::types::id::parse_order_id;

#[derive(Default)]
pub(crate) struct CancelOrderMutation;

/// Which order, and why.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct CancelOrderInput {
    /// The order's id, or its bare number as older storefronts send it.
    order_id: ID,
    /// A reason of the order's store view: its description, or its code.
    reason: String,
}

#[Object]
impl CancelOrderMutation {
    /// Cancels an order of the signed-in customer: what was paid is refunded, what was not is canceled.
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        input: CancelOrderInput,
    ) -> Option<Result<CancelOrderOutput>> {
        Some(cancel(context, input).await)
    }
}

async fn cancel(context: &Context<'_>, input: CancelOrderInput) -> Result<CancelOrderOutput> {
    let viewer = viewer(context)?;
    if viewer.customer().is_none() {
        return Err(not_a_customer());
    }
    demand("order_id", &input.order_id)?;
    demand("reason", &input.reason)?;
    let id = match parse_order_id(&input.order_id) {
        Ok(id) => id,
        Err(problem) => return Ok(CancelOrderOutput::bad_order_id(&problem)),
    };
    let outcome = app(context)?
        .cancel_order(viewer, id, &input.reason)
        .await
        .map_err(internal)?;
    Ok(outcome.map_or_else(CancelOrderOutput::refused, CancelOrderOutput::done))
}
