//! A request for a cancellation, as its buyer and staff see it.

use std::sync::Arc;

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use countermand_app::OrderView;
use countermand_domain::channel::ChannelRecord;
use countermand_domain::{Actor, CancellationRequest as Request};

use super::row::Row;
use crate::kit::money::quantity;
use crate::kit::{id, time};

/// How far a request for a cancellation is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::RequestStatus")]
pub(crate) enum CancellationRequestStatus {
    /// The shop has not decided yet. The order is not shipped meanwhile, unless staff decides otherwise.
    Open,
    /// All that was requested is canceled.
    Approved,
    /// A part of what was requested is canceled, and the rest is not.
    PartlyApproved,
    /// The shop declined the request; `decision_reason` says why.
    Declined,
    /// The buyer or staff took the request back.
    Withdrawn,
    /// Nothing of the request could be canceled any more, because it was shipped. The items can be returned.
    TooLate,
}

/// Who acted on a request for a cancellation.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancellationRequestActor {
    /// The buyer, signed in with an account.
    Customer,
    /// The buyer of a guest order.
    Guest,
    /// A member of staff of the shop.
    Staff,
    /// The program itself, such as at the deadline of a request.
    System,
    /// The buyer, at the sales channel where the order was placed.
    ChannelBuyer,
}

/// A request for a cancellation. It may still end without a cancellation.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CancellationRequest {
    /// The number of the request among those of its order, from 1. Requests at a sales channel are not counted: 1.
    number: i32,
    /// The status of the request: open, or how it ended.
    status: CancellationRequestStatus,
    /// Whether all that was left of the order was requested.
    is_whole_order: bool,
    /// The items that were requested, with their quantities.
    items: Vec<CancellationRequestItem>,
    /// The reason as the buyer reads it; null when none was given.
    reason: Option<String>,
    /// What the person who asked added, word for word and without escapes; null when there is no comment.
    comment: Option<String>,
    /// Who asked for the cancellation.
    requested_by: CancellationRequestActor,
    /// When the cancellation was requested, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    requested_at: String,
    /// The time by which the shop should decide, in UTC, as `YYYY-MM-DD HH:MM:SS`; null without a deadline.
    due_at: Option<String>,
    /// Who ended the request; null while it is open.
    decided_by: Option<CancellationRequestActor>,
    /// When the request ended, in UTC, as `YYYY-MM-DD HH:MM:SS`; null while it is open.
    decided_at: Option<String>,
    /// What the shop says about its decision; null while the request is open, and when the shop says nothing.
    decision_reason: Option<String>,
}

/// An item of a request for a cancellation.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CancellationRequestItem {
    /// The `OrderItemInterface.id` of the item; in a request at a sales channel, the `ChannelOrderItem.id`.
    item_id: ID,
    /// SKU (stock keeping unit) of the product; empty where a sales channel does not say.
    product_sku: String,
    /// Quantity that was requested, with at most four decimals.
    quantity: f64,
    /// Quantity of the request that can still be canceled, with at most four decimals; zero once the request has ended.
    quantity_open: f64,
}

impl CancellationRequest {
    /// The newest request of the order of `view`; none when no cancellation was ever requested.
    pub(crate) fn newest_of(view: &Arc<OrderView>) -> Option<Self> {
        let request = view.order.cancellation_request.as_ref()?;
        Some(Self::of(request, view))
    }

    /// What the buyer asked for at a sales channel since `requested_at`.
    pub(crate) fn at_channel(record: &ChannelRecord, requested_at: DateTime<Utc>) -> Self {
        let asked: Vec<_> = record.order.open_requests().collect();
        let mut words: Vec<_> = asked.iter().filter_map(|it| it.1.reason.as_deref()).collect();
        words.dedup();
        let items = asked.iter().map(|(item, _)| CancellationRequestItem {
            item_id: ID::from(&item.id),
            product_sku: item.sku.clone().unwrap_or_default(),
            quantity: quantity(item.open()),
            quantity_open: quantity(item.open()),
        });
        Self {
            number: 1,
            status: CancellationRequestStatus::Open,
            is_whole_order: asked.len() == record.open_items().len(),
            items: items.collect(),
            reason: Some("Requested at the sales channel".into()),
            comment: (!words.is_empty()).then(|| words.join("; ")),
            requested_by: CancellationRequestActor::ChannelBuyer,
            requested_at: time::utc(requested_at),
            due_at: record.due_at.map(time::utc),
            decided_by: None,
            decided_at: None,
            decision_reason: None,
        }
    }

    /// `request`, which is one of the order of `view`.
    pub(crate) fn of(request: &Request, view: &Arc<OrderView>) -> Self {
        let left = if request.is_open() {
            view.order.left_of_request(request)
        } else {
            Vec::new()
        };
        let items = request.items.iter().filter_map(|line| {
            let row = Row::at(view, line.0)?;
            let open = left.iter().find(|it| it.0 == line.0);
            Some(CancellationRequestItem {
                item_id: id::of_item(view.order.id, line.0),
                product_sku: row.item().sku.clone(),
                quantity: quantity(line.1),
                quantity_open: open.map_or(0.0, |it| quantity(it.1)),
            })
        });
        let decision = request.decision.as_ref();
        Self {
            number: request.number,
            status: request.status.into(),
            is_whole_order: request.is_whole,
            items: items.collect(),
            reason: request.reason.clone(),
            comment: request.comment.clone(),
            requested_by: (&request.actor).into(),
            requested_at: time::utc(request.requested_at),
            due_at: request.due_at.map(time::utc),
            decided_by: decision.map(|it| (&it.actor).into()),
            decided_at: decision.map(|it| time::utc(it.at)),
            decision_reason: decision.and_then(|it| it.reason.clone()),
        }
    }
}

impl From<&Actor> for CancellationRequestActor {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Customer(_) => Self::Customer,
            Actor::Guest => Self::Guest,
            Actor::Staff { .. } => Self::Staff,
            Actor::System => Self::System,
        }
    }
}
