//! `cancelOrder`: a customer cancels one of their orders (`docs/contract.md` section 3.1).

use async_graphql::{Context, ID, InputObject, Object, Result};
use countermand_domain::{CancellationIntent, RefundChoice};

use super::{demand, demand_reason};
use crate::kit::RepeatInput;
use crate::kit::context::{app, viewer};
use crate::kit::error::{answered, not_a_customer};
use crate::kit::id::parse_order_id;
use crate::types::CancelOrderOutput;
use crate::types::order_line::{OrderLineInput, selection};

#[derive(Default)]
pub(crate) struct CancelOrderMutation;

/// The order to cancel, the items of it, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct CancelOrderInput {
    /// The id of the order (`CustomerOrder.id`), or the decimal number that this id encodes, which older storefronts
    /// send.
    order_id: ID,
    /// The reason for the cancellation: the description or the code of a reason that the order's store view offers.
    reason: String,
    /// The items to cancel, and how many units of each; the parts of a bundle go with it, unless they are named
    /// instead. Without the field, all that is left of the order is canceled. Adobe's input does not have this field.
    items: Option<Vec<OrderLineInput>>,
    /// A comment for the shop, at most 2,000 characters without HTML; it appears in the history of the order. Adobe's
    /// input does not have this field.
    comment: Option<String>,
    /// The id of a quote of `previewCancellation`: what is canceled and paid back is exactly what was quoted, or the
    /// cancellation is refused. Null to accept any outcome. Adobe's input does not have this field.
    quote_id: Option<ID>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

#[Object]
impl CancelOrderMutation {
    /// Cancels an order of the signed-in customer, or the given items of it. Invoiced units are refunded, and all other
    /// units are canceled; of an item, units that are not invoiced come first. This can be repeated until no unit is
    /// left. A refused cancellation changes no data; `errorV2` of the answer holds the reason. Null only together with
    /// an error.
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to cancel, the items of it, and the reason.")] input: CancelOrderInput,
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
    let named = parse_order_id(&input.order_id).ok();
    demand_reason(viewer, named, &viewer.actor(), &input.reason)?;
    let id = match parse_order_id(&input.order_id) {
        Ok(id) => id,
        Err(problem) => return Ok(CancelOrderOutput::bad_order_id(&problem)),
    };
    let selection = match selection(id, input.items) {
        Ok(selection) => selection,
        Err(problem) => return Ok(CancelOrderOutput::bad_items(&problem)),
    };
    let intent = CancellationIntent {
        reason: input.reason,
        comment: input.comment,
        selection,
        quote: None,
        refund: RefundChoice::default(),
    };
    let quote = input.quote_id.as_ref().map(|id| id.as_str());
    let outcome = app(context)?.cancel_order(viewer, id, &intent, quote).await;
    Ok(answered(outcome)?.map_or_else(CancelOrderOutput::refused, CancelOrderOutput::done))
}
