//! `requestGuestOrderCancel`: a guest asks for a confirmation key (contract section 3.2).

use async_graphql::{Context, InputObject, Object, Result};
use countermand_app::request_guest_cancellation::GuestRequestRefusal;
use countermand_domain::CancellationRefusal;

use super::{demand, not_located};
use crate::context::{app, viewer};
use crate::error::{Category, internal, refused};
use crate::types::{CancelOrderOutput, in_contract_words};

#[derive(Default)]
pub(crate) struct RequestGuestOrderCancelMutation;

/// Which order, and why.
#[derive(InputObject)]
struct GuestOrderCancelInput {
    /// The order's token.
    token: String,
    /// A reason of the order's store view: its description, or its code.
    reason: String,
}

#[Object]
impl RequestGuestOrderCancelMutation {
    /// Mails a confirmation key to the buyer of a guest order. The order itself stays as it is.
    async fn request_guest_order_cancel(
        &self,
        context: &Context<'_>,
        input: GuestOrderCancelInput,
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
    match outcome.map_err(internal)? {
        Ok(order) => Ok(CancelOrderOutput::done(order)),
        Err(GuestRequestRefusal::NotLocated(refusal)) => Err(not_located(refusal)),
        // A top-level error here, a field of the answer in `cancelOrder`: so the contract has it (row 11).
        Err(GuestRequestRefusal::Refused(it)) if it.refusal == CancellationRefusal::InvalidReason => {
            Err(refused(
                Category::Input,
                "INVALID_REASON",
                in_contract_words(&it.refusal).1,
            ))
        }
        Err(GuestRequestRefusal::Refused(refusal)) => Ok(CancelOrderOutput::refused(refusal)),
    }
}
