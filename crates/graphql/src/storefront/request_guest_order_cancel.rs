//! `requestGuestOrderCancel`: a guest requests a confirmation key (`docs/contract.md` section 3.2).

use async_graphql::{Context, InputObject, Object, Result};
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_app::cancel::request_guest_cancellation::GuestRequestRefusal;
use countermand_domain::CancellationRefusal;

use super::{demand, not_located};
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, answered, refused};
use crate::types::{CancelOrderOutput, in_contract_words};

#[derive(Default)]
pub(crate) struct RequestGuestOrderCancelMutation;

/// The guest order to cancel, and the reason.
#[derive(InputObject)]
struct GuestOrderCancelInput {
    /// The token of the order (`CustomerOrder.token`).
    token: String,
    /// The reason for the cancellation: the description or the code of a reason that the order's store view offers.
    reason: String,
}

#[Object]
impl RequestGuestOrderCancelMutation {
    /// Mails a key to the buyer of a guest order, with which `confirmCancelOrder` cancels the order. The order is not
    /// canceled yet. A new key replaces an earlier one. Null only together with an error.
    async fn request_guest_order_cancel(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The guest order to cancel, and the reason.")] input: GuestOrderCancelInput,
    ) -> Option<Result<CancelOrderOutput>> {
        Some(request(context, input).await)
    }
}

async fn request(context: &Context<'_>, input: GuestOrderCancelInput) -> Result<CancelOrderOutput> {
    demand("token", &input.token)?;
    demand("reason", &input.reason)?;
    let viewer = viewer(context)?;
    let outcome = app(context)?
        .request_guest_cancellation(viewer, &input.token, &input.reason)
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
