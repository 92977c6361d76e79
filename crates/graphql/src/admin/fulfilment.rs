//! `startFulfilment` and `releaseFulfilment`: the warehouse begins to pack units of an order, or stops.

use async_graphql::{Context, ID, InputObject, Object, Result};
use countermand_app::UserError;
use countermand_domain::{ItemPosition, OrderId, Quantity};

use super::order_input::order_id;
use super::order_work::OrderPayload;
use super::staff;
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::types::order_line::{OrderLineInput, lines};

/// Staff's mutations of the picking step.
#[derive(Default)]
pub(crate) struct AdminFulfilmentMutation;

#[Object]
impl AdminFulfilmentMutation {
    /// Marks units of an order as in fulfilment, because the warehouse begins to pack them. The
    /// cancellation of such units can only be requested until `releaseFulfilment` takes them out; a shipment takes them
    /// first. The caller needs the role `support` or `warehouse`.
    async fn start_fulfilment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order and the items that are packed.")] input: StartFulfilmentInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match read(&input.order_id, input.items) {
            Ok((id, lines)) => app(context)?.start_fulfilment(viewer, id, &lines).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Takes units of an order out of fulfilment, so that they can be canceled again. The caller needs the role
    /// `support` or `warehouse`.
    async fn release_fulfilment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order and the items that are not packed any more.")]
        input: ReleaseFulfilmentInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match read(&input.order_id, input.items) {
            Ok((id, lines)) => app(context)?.release_fulfilment(viewer, id, &lines).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }
}

/// The order, and the part of it that the warehouse begins to pack.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct StartFulfilmentInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The items to pack; null for all items that can be shipped and are not in fulfilment. An empty list is refused.
    items: Option<Vec<OrderLineInput>>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order, and the part of it that the warehouse does not pack any more.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReleaseFulfilmentInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The items to take out of fulfilment; null for all that are in it. An empty list is refused.
    items: Option<Vec<OrderLineInput>>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

type Lines = Vec<(ItemPosition, Quantity)>;

fn read(id: &str, items: Option<Vec<OrderLineInput>>) -> std::result::Result<(OrderId, Lines), UserError> {
    let order = order_id("order_id", id)?;
    Ok((order, lines(order, items)?))
}
