//! `cancelOrder`: a customer cancels one of their orders (`docs/contract.md` section 3.1).

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::demand;
use crate::kit::context::{app, viewer};
use crate::kit::error::{answered, not_a_customer};
use crate::kit::id::parse_order_id;
use crate::types::CancelOrderOutput;

#[derive(Default)]
pub(crate) struct CancelOrderMutation;

/// The order to cancel, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct CancelOrderInput {
    /// The id of the order (`CustomerOrder.id`), or the decimal number that this id encodes, which older storefronts
    /// send.
    order_id: ID,
    /// The reason for the cancellation: the description or the code of a reason that the order's store view offers.
    reason: String,
}

#[Object]
impl CancelOrderMutation {
    /// Cancels an order of the signed-in customer. Invoiced items are refunded, and all other items are canceled. A
    /// refused cancellation changes no data; `errorV2` of the answer holds the reason. Null only together with an
    /// error.
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to cancel, and the reason.")] input: CancelOrderInput,
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
    let outcome = app(context)?.cancel_order(viewer, id, &input.reason).await;
    Ok(answered(outcome)?.map_or_else(CancelOrderOutput::refused, CancelOrderOutput::done))
}
