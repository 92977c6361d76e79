//! `confirmCancelOrder`: a guest confirms a cancellation with the key from the mail (`docs/contract.md` section 3.3).

use async_graphql::{Context, ID, InputObject, Object, Result};
use countermand_domain::GUEST_KEY_LENGTH;

use super::{bad_parameter, demand};
use crate::kit::RepeatInput;
use crate::kit::context::{app, viewer};
use crate::kit::error::answered;
use crate::kit::id::parse_order_id;
use crate::types::CancelOrderOutput;

#[derive(Default)]
pub(crate) struct ConfirmCancelOrderMutation;

/// The guest order to cancel, and the confirmation key.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct ConfirmCancelOrderInput {
    /// The id of the order (`CustomerOrder.id`), or the decimal number that this id encodes.
    order_id: ID,
    /// The confirmation key from the mail: 32 characters.
    confirmation_key: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

#[Object]
impl ConfirmCancelOrderMutation {
    /// Cancels a guest order, or the items of it that `requestGuestOrderCancel` named, for the reason stated there.
    /// Invoiced units are refunded, and all other units are canceled. A refused cancellation changes no data; `errorV2`
    /// of the answer holds the reason. Null only together with an error.
    async fn confirm_cancel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The guest order to cancel, and the confirmation key.")]
        input: ConfirmCancelOrderInput,
    ) -> Option<Result<CancelOrderOutput>> {
        Some(confirm(context, input).await)
    }
}

async fn confirm(context: &Context<'_>, input: ConfirmCancelOrderInput) -> Result<CancelOrderOutput> {
    demand("order_id", &input.order_id)?;
    if input.confirmation_key.len() != GUEST_KEY_LENGTH {
        return Err(bad_parameter("confirmation_key"));
    }
    let id = match parse_order_id(&input.order_id) {
        Ok(id) => id,
        Err(problem) => return Ok(CancelOrderOutput::bad_order_id(&problem)),
    };
    let viewer = viewer(context)?;
    let outcome = app(context)?
        .confirm_guest_cancellation(viewer, id, &input.confirmation_key)
        .await;
    Ok(answered(outcome)?.map_or_else(CancelOrderOutput::refused, CancelOrderOutput::done))
}
