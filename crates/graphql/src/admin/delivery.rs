//! `recordDelivery` and `recordGiftCardUse`: what the buyer has of an order without a shipment.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{DeliveryKind, DeliveryRequest, OrderId};

use super::order_input::order_id;
use super::order_work::OrderPayload;
use super::staff;
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::types::order_line::{OrderLineInput, lines};

/// Mutations of staff and of the fulfilment about digital items.
#[derive(Default)]
pub(crate) struct AdminDeliveryMutation;

#[Object]
impl AdminDeliveryMutation {
    /// Records that virtual or downloadable items were delivered or downloaded. These units cannot be canceled
    /// afterwards; the other items of the order can, by item. A quantity counts all units until now, so the same
    /// delivery told again changes nothing. The caller needs the role `support` or `warehouse`.
    async fn record_delivery(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and its items that were delivered.")] input: RecordDeliveryInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let kind = match input.kind {
            DigitalDeliveryKind::Delivered => DeliveryKind::Delivered,
            DigitalDeliveryKind::Downloaded => DeliveryKind::Downloaded,
        };
        let asked = match read(
            &input.order_id,
            input.items,
            kind,
            ("delivered_at", input.delivered_at),
        ) {
            Ok((id, request)) => app(context)?.record_delivery(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Records that gift cards of an order were used, at least in part. They cannot be canceled afterwards; the other
    /// items of the order can, by item. A quantity counts all cards until now, so the same use told again changes
    /// nothing. The caller needs the role `support`.
    async fn record_gift_card_use(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and its gift cards that were used.")] input: RecordGiftCardUseInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let kind = DeliveryKind::GiftCardUsed;
        let asked = match read(&input.order_id, input.items, kind, ("used_at", input.used_at)) {
            Ok((id, request)) => app(context)?.record_delivery(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }
}

/// How a digital item came to the buyer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigitalDeliveryKind {
    /// The item was delivered, such as a service or a license key.
    Delivered,
    /// The files of the item were downloaded for the first time.
    Downloaded,
}

/// The order, and its digital items that were delivered.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RecordDeliveryInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The items that were delivered, each with the quantity that was delivered in all until now.
    items: Vec<OrderLineInput>,
    /// How the items came to the buyer.
    kind: DigitalDeliveryKind,
    /// When the items were delivered, as an RFC 3339 time; null for now. A time in the future is refused.
    delivered_at: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order, and its gift cards that were used.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RecordGiftCardUseInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The gift cards that were used, each with the quantity that was used in all until now.
    items: Vec<OrderLineInput>,
    /// When the gift cards were used, as an RFC 3339 time; null for now. A time in the future is refused.
    used_at: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

fn read(
    id: &str,
    items: Vec<OrderLineInput>,
    kind: DeliveryKind,
    (field, at): (&str, Option<String>),
) -> std::result::Result<(OrderId, DeliveryRequest), UserError> {
    let order = order_id("order_id", id)?;
    let items = lines(order, Some(items))?;
    let delivered_at = at.map(|at| moment(field, &at)).transpose()?;
    Ok((
        order,
        DeliveryRequest {
            items,
            kind,
            delivered_at,
        },
    ))
}

fn moment(field: &str, text: &str) -> std::result::Result<DateTime<Utc>, UserError> {
    let moment = DateTime::parse_from_rfc3339(text).ok();
    let moment = moment.map(|at| at.to_utc());
    moment.ok_or_else(|| UserError::about(field, UserErrorCode::Invalid, "not an RFC 3339 time"))
}
