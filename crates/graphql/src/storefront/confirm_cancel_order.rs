//! `confirmCancelOrder`: a guest confirms with the key from the mail (contract section 3.3).

use async_graphql::{Context, ID, InputObject, Object, Result};
use countermand_domain::GUEST_KEY_LENGTH;

use super::{bad_parameter, demand};
use crate::context::{app, viewer};
use crate::error::internal;
use crate::types::CancelOrderOutput;
use crate::types::id::parse_order_id;

#[derive(Default)]
pub(crate) struct ConfirmCancelOrderMutation;

/// Which order, and the key for it.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct ConfirmCancelOrderInput {
    /// The order's id.
    order_id: ID,
    /// The key from the mail, 32 characters.
    confirmation_key: String,
}

#[Object]
impl ConfirmCancelOrderMutation {
    /// Cancels a guest order: what was paid is refunded, what was not is canceled.
    async fn confirm_cancel_order(
        &self,
        context: &Context<'_>,
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
    Ok(outcome
        .map_err(internal)?
        .map_or_else(CancelOrderOutput::refused, CancelOrderOutput::done))
}
