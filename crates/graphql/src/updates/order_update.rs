//! What `orderUpdated` tells.

use std::sync::Arc;

use async_graphql::{ID, SimpleObject};
use chrono::SecondsFormat;
use countermand_app::Failure;
use countermand_app::events::{event_data, type_of};
use countermand_app::updates::{FollowRefusal, OrderUpdates};

use super::source::Followed;
use crate::types::CustomerOrder;

/// A change of an order, and the order as it is now.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderUpdate {
    /// The cursor of this update: `after` goes on after it, in a subscription with the same arguments.
    cursor: ID,
    /// The event: what has happened to the order.
    event: OrderEvent,
    /// The order as it is when the update is sent. After several changes at once it is newer than the event.
    order: CustomerOrder,
}

/// A change of an order, as webhooks tell it too.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderEvent {
    /// The id of the event: the same in every message about it.
    id: ID,
    /// The type of the event, such as `com.countermand.order.canceled.v1`.
    r#type: String,
    /// When the order changed: RFC 3339, in UTC.
    time: String,
    /// The version of the order after the change. Versions count from 1 without a gap.
    order_version: i32,
    /// The data of the event as JSON: codes, numbers, amounts in minor units and quantities, and no text of a person.
    data: String,
}

impl Followed for OrderUpdate {
    type From = OrderUpdates;

    async fn next(from: &mut OrderUpdates) -> Result<Self, Failure<FollowRefusal>> {
        let update = from.next().await?;
        let event = update.event;
        Ok(Self {
            cursor: ID(update.cursor),
            event: OrderEvent {
                r#type: type_of(event.kind.code()),
                time: event.at.to_rfc3339_opts(SecondsFormat::Micros, true),
                order_version: i32::try_from(event.version).unwrap_or(i32::MAX),
                data: event_data(&event).to_string(),
                id: ID(event.id),
            },
            order: CustomerOrder::new(Arc::new(update.order)),
        })
    }

    fn cursor(&self) -> &str {
        &self.cursor
    }
}
