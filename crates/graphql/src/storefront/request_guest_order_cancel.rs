//! `requestGuestOrderCancel`: a guest requests a confirmation key (`docs/contract.md` section 3.2).

use async_graphql::{Context, ID, InputObject, Object, Result};
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_app::cancel::request_guest_cancellation::GuestRequestRefusal;
use countermand_app::orders::guest_order::LocateRefusal;
use countermand_domain::{Actor, CancellationIntent, CancellationRefusal, RefundChoice};

use super::{demand, demand_reason, not_located};
use crate::kit::RepeatInput;
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, answered, refused};
use crate::types::order_line::{OrderLineInput, selection};
use crate::types::{CancelOrderOutput, in_contract_words};

#[derive(Default)]
pub(crate) struct RequestGuestOrderCancelMutation;

/// The guest order to cancel, the items of it, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct GuestOrderCancelInput {
    /// The token of the order (`CustomerOrder.token`).
    token: String,
    /// The reason for the cancellation: the description or the code of a reason that the order's store view offers.
    reason: String,
    /// The items to cancel, and how many units of each; the parts of a bundle go with it, unless they are named
    /// instead. Without the field, all that is left of the order is canceled. Adobe's input does not have this field.
    items: Option<Vec<OrderLineInput>>,
    /// A comment for the shop, at most 2,000 characters without HTML; it appears in the history of the order. Adobe's
    /// input does not have this field.
    comment: Option<String>,
    /// The id of a quote that `previewCancellation` gave for the token: `confirmCancelOrder` does exactly what was
    /// quoted as long as the key can be used, or is refused. Null to accept any outcome. Adobe's input does not have
    /// this field.
    quote_id: Option<ID>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

#[Object]
impl RequestGuestOrderCancelMutation {
    /// Mails a key to the buyer of a guest order, with which `confirmCancelOrder` cancels the order or the given items.
    /// The order is not canceled yet. A new key replaces an earlier one. Null only together with an error.
    async fn request_guest_order_cancel(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The guest order to cancel, the items of it, and the reason.")]
        input: GuestOrderCancelInput,
    ) -> Option<Result<CancelOrderOutput>> {
        Some(request(context, input).await)
    }
}

async fn request(context: &Context<'_>, input: GuestOrderCancelInput) -> Result<CancelOrderOutput> {
    demand("token", &input.token)?;
    let (app, viewer) = (app(context)?, viewer(context)?);
    let order = app.order_by_token(viewer, &input.token);
    demand_reason(viewer, order, &Actor::Guest, &input.reason)?;
    let Some(order) = order else {
        return Err(not_located(LocateRefusal::NotFound));
    };
    let selection = match selection(order, input.items) {
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
    let outcome = app
        .request_guest_cancellation(viewer, &input.token, &intent, quote)
        .await;
    match answered(outcome)? {
        Ok(order) => Ok(CancelOrderOutput::done(order)),
        Err(GuestRequestRefusal::NotLocated(refusal)) => Err(not_located(refusal)),
        // The contract answers an invalid reason with a top-level error here, and with a field of the answer in
        // `cancelOrder` (`docs/contract.md` section 3.2, row 11).
        Err(GuestRequestRefusal::NotCanceled(NotCanceled::Refused {
            refusal: refusal @ CancellationRefusal::InvalidReason,
            ..
        })) => Err(refused(
            Category::Input,
            "INVALID_REASON",
            in_contract_words(&refusal).1,
        )),
        Err(GuestRequestRefusal::NotCanceled(it)) => Ok(CancelOrderOutput::refused(it)),
    }
}
