//! An order of a sales channel as staff sees it.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use countermand_domain::channel::{
    ChannelBlock as Block, ChannelCancellation as Cancellation, ChannelCancellationState as State,
    ChannelItem, ChannelOrder as Order, ChannelRecord, FulfilledBy, GoInstead,
};

use super::admin_order::AdminOrder;
use super::cursor::rfc3339;
use crate::kit::context::{app, viewer};
use crate::kit::error::internal;
use crate::kit::money::quantity;

/// The status of an order at its sales channel, in the words that all channels share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ChannelOrderStatus {
    /// The order is placed and its payment is not authorized yet.
    Pending,
    /// The order can be shipped, and nothing of it is shipped.
    Unshipped,
    /// A part of the order is shipped.
    PartlyShipped,
    /// All of the order is shipped.
    Shipped,
    /// The order is canceled at the channel.
    Canceled,
    /// The channel cannot deliver the order.
    Unfulfillable,
}

impl ChannelOrderStatus {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Unshipped => "UNSHIPPED",
            Self::PartlyShipped => "PARTLY_SHIPPED",
            Self::Shipped => "SHIPPED",
            Self::Canceled => "CANCELED",
            Self::Unfulfillable => "UNFULFILLABLE",
        }
    }
}

/// Who ships an order of a sales channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ChannelFulfilment {
    /// The merchant ships the order.
    Merchant,
    /// The channel ships the order, which is only shown here.
    Channel,
}

/// The reason why an order of a sales channel cannot be canceled here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Block")]
pub(crate) enum ChannelBlock {
    /// The order is managed at the channel; `go_instead` says where.
    ChannelManaged,
    /// A part of the order is shipped already.
    PartlyShipped,
    /// All of the order is shipped already.
    Shipped,
    /// The order is canceled at the channel already.
    AlreadyCanceled,
    /// A cancellation of the order waits for its outcome.
    RequestOpen,
}

/// How far a cancellation at a sales channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum ChannelCancellationState {
    /// The cancellation waits to be sent to the channel.
    Requested,
    /// The cancellation is being sent to the channel.
    Sent,
    /// The channel took the cancellation and has not decided yet.
    Accepted,
    /// The channel's answer and its order say that the order is canceled.
    Canceled,
    /// The channel refused: `problem` holds its words. The order can be canceled again.
    Rejected,
    /// The order was shipped before the channel could cancel it.
    TooLate,
    /// It is not known whether the channel cancels the order, which is looked up there.
    Unknown,
}

/// An order of a sales channel, as the channel showed it last, with what staff asked for here.
pub(crate) struct ChannelOrder(ChannelRecord);

impl ChannelOrder {
    pub(super) fn new(record: ChannelRecord) -> Self {
        Self(record)
    }
}

/// An order of a sales channel, as the channel showed it last, with what staff asked for here.
#[Object(rename_fields = "snake_case")]
impl ChannelOrder {
    /// The `SalesChannel.name` of the channel.
    async fn channel(&self) -> &str {
        &self.0.channel
    }

    /// The channel's number of the order, such as `123-1234567-1234567`.
    async fn number(&self) -> &str {
        self.0.order.number.as_str()
    }

    /// The version of the order here, which every change raises.
    async fn version(&self) -> i32 {
        i32::try_from(self.0.version).unwrap_or(i32::MAX)
    }

    /// The market of the channel, such as `DE`; null when the channel does not say.
    async fn market(&self) -> Option<&str> {
        self.0.order.market.as_deref()
    }

    /// The status at the channel: a value of `ChannelOrderStatus`, or the channel's own word when this version of the
    /// program does not know it.
    async fn status(&self) -> &str {
        self.0.order.status.code()
    }

    /// The party that ships the order: the merchant, or the channel.
    async fn fulfilled_by(&self) -> ChannelFulfilment {
        match self.0.order.fulfilled_by {
            FulfilledBy::Merchant => ChannelFulfilment::Merchant,
            FulfilledBy::Channel => ChannelFulfilment::Channel,
        }
    }

    /// The time at which the order was placed: RFC 3339, in UTC.
    async fn placed_at(&self) -> String {
        rfc3339(self.0.order.placed_at)
    }

    /// The time at which the order last changed at the channel: RFC 3339, in UTC.
    async fn updated_at(&self) -> String {
        rfc3339(self.0.order.updated_at)
    }

    /// The total as the channel shows it; null while the channel shows none.
    async fn total(&self) -> Option<ChannelAmount> {
        let (value, currency) = self.0.order.total.clone()?;
        Some(ChannelAmount { value, currency })
    }

    /// The order of the shop that was imported from this order; null when none was, or when the token is for another
    /// store view.
    async fn order(&self, context: &Context<'_>) -> Result<Option<AdminOrder>> {
        let order = app(context)?.imported_order(viewer(context)?, &self.0).await;
        Ok(order.map_err(internal)?.map(AdminOrder::new))
    }

    /// The items of the order, as the channel shows them, with what is canceled or asked for of each.
    async fn items(&self) -> Vec<ChannelOrderItem> {
        let order = &self.0.order;
        let item = |item| ChannelOrderItem::of(order, item);
        order.items.iter().map(item).collect()
    }

    /// Whether `cancelChannelOrder` is possible now, as far as the channel shows. It is refused all the same when the
    /// imported order is shipped here, and asks for a confirmation while the warehouse packs units of it.
    async fn can_cancel(&self) -> bool {
        self.0.terms().blocks.is_empty()
    }

    /// The reasons why the order cannot be canceled here; empty when it can be.
    async fn blocks(&self) -> Vec<ChannelBlock> {
        self.0.terms().blocks.into_iter().map(Into::into).collect()
    }

    /// Where to go instead, in English; null when the order can be canceled here, or when nothing is left to do.
    async fn go_instead(&self) -> Option<&'static str> {
        self.0.terms().go_instead.map(GoInstead::text)
    }

    /// Whether the buyer asked at the channel to cancel an item, and staff has not decided.
    async fn has_request(&self) -> bool {
        self.0.has_request()
    }

    /// The newest cancellation that staff asked for here; null when there is none.
    async fn cancellation(&self) -> Option<ChannelCancellation> {
        self.0.cancellation.as_ref().map(ChannelCancellation::from)
    }

    /// The buyer's requests that staff declined, which no reading opens again.
    async fn declined_requests(&self) -> Vec<DeclinedChannelRequest> {
        let declined = self.0.declined.iter();
        let shown = declined.map(|it| DeclinedChannelRequest {
            item_id: it.item.clone(),
            buyers_reason: it.request.reason.clone(),
            reason: it.reason.clone(),
        });
        shown.collect()
    }

    /// What happened to the order, oldest first, at most 100 lines.
    async fn history(&self) -> Vec<ChannelHistoryLine> {
        let lines = self.0.history.iter();
        let shown = lines.map(|it| ChannelHistoryLine {
            at: rfc3339(it.at),
            actor: it.actor.clone(),
            text: it.text.clone(),
        });
        shown.collect()
    }
}

/// An amount as a sales channel shows it.
#[derive(SimpleObject)]
pub(crate) struct ChannelAmount {
    /// The amount as decimal text, such as `34.00`.
    value: String,
    /// The ISO code of the currency, such as `EUR`.
    currency: String,
}

/// An item of an order of a sales channel.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelOrderItem {
    /// The channel's id of the item.
    id: String,
    /// The seller's stock keeping unit; null when the channel does not say.
    sku: Option<String>,
    /// The title of the item at the channel.
    name: String,
    /// The number of units that were ordered.
    quantity: f64,
    /// The number of units that are shipped.
    quantity_shipped: f64,
    /// Whether the buyer asked to cancel the item, and staff has not decided. False once the item is shipped or
    /// canceled.
    is_requested: bool,
    /// The buyer's words for the request; null without a request, and when there are none.
    buyers_reason: Option<String>,
    /// The party that canceled the item: `BUYER`, `MERCHANT`, `CHANNEL` or the channel's word; null while it is not
    /// canceled.
    canceled_by: Option<String>,
    /// The channel's reason for the cancellation of the item; null when there is none.
    canceled_reason: Option<String>,
}

/// A cancellation that staff asked of a sales channel.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelCancellation {
    /// The id of the cancellation, under which the channel gets it once.
    id: String,
    /// How far the cancellation is: only `CANCELED` means that the order is canceled.
    state: ChannelCancellationState,
    /// The code of the reason in this shop.
    reason: String,
    /// The channel's own code of the reason, as it is sent.
    reason_code: String,
    /// The remark of the person who canceled; null without one.
    comment: Option<String>,
    /// The member of staff who canceled, such as `staff:anna`.
    actor: String,
    /// The time at which staff canceled: RFC 3339, in UTC.
    requested_at: String,
    /// The time at which the state last changed: RFC 3339, in UTC.
    changed_at: String,
    /// The channel's reference, by which its decision is found; null while there is none.
    reference: Option<String>,
    /// The words of the channel, or what went wrong; null when nothing did.
    problem: Option<String>,
}

/// A request of a buyer at a sales channel that staff declined.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DeclinedChannelRequest {
    /// The channel's id of the item that the buyer asked to cancel.
    item_id: String,
    /// The buyer's words for the request; null when there are none.
    buyers_reason: Option<String>,
    /// The reason of staff for the decision.
    reason: String,
}

/// A line of the history of an order of a sales channel.
#[derive(SimpleObject)]
pub(crate) struct ChannelHistoryLine {
    /// The time at which it happened: RFC 3339, in UTC.
    at: String,
    /// The actor: `channel`, `system`, or a member of staff such as `staff:anna`.
    actor: String,
    /// What happened, in English.
    text: String,
}

impl ChannelOrderItem {
    /// The item `it` of `order`.
    fn of(order: &Order, it: &ChannelItem) -> Self {
        let request = it.request.as_ref();
        Self {
            id: it.id.clone(),
            sku: it.sku.clone(),
            name: it.name.clone(),
            quantity: quantity(it.quantity),
            quantity_shipped: quantity(it.shipped),
            is_requested: order.open_request(it).is_some(),
            buyers_reason: request.and_then(|it| it.reason.clone()),
            canceled_by: it.canceled.as_ref().map(|it| it.by.clone()),
            canceled_reason: it.canceled.as_ref().and_then(|it| it.reason.clone()),
        }
    }
}

impl From<&Cancellation> for ChannelCancellation {
    fn from(it: &Cancellation) -> Self {
        let it = it.clone();
        Self {
            id: it.id,
            state: it.state.into(),
            reason: it.reason,
            reason_code: it.reason_code,
            comment: it.comment,
            actor: it.actor,
            requested_at: rfc3339(it.requested_at),
            changed_at: rfc3339(it.changed_at),
            reference: it.reference,
            problem: it.problem,
        }
    }
}
