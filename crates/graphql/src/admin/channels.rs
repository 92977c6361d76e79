//! Sales channels: staff looks at their orders, cancels one there, and declines what the buyer asked for there.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::Failure;
use countermand_app::channels::cancel::CancelChannelOrder;
use countermand_app::channels::decline::DeclineChannelRequest;
use countermand_app::channels::list::SeenChannel;
use countermand_app::channels::{ChannelOrderPlace, ChannelOrderSearch};
use countermand_domain::channel::ChannelRecord;

use super::channel_order::{ChannelOrder, ChannelOrderStatus};
use super::cursor::{channel_order_cursor, read_channel_order_cursor, rfc3339};
use super::page::page_size;
use super::staff;
use super::user_error::{UserError, done_or_user_errors, query_error};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::{answered, internal};

/// Staff's queries for sales channels and their orders.
#[derive(Default)]
pub(crate) struct AdminChannelQuery;

#[Object]
impl AdminChannelQuery {
    /// The sales channels of the configuration, such as accounts at marketplaces. The caller needs the role `viewer`,
    /// and a token for all store views.
    async fn sales_channels(&self, context: &Context<'_>) -> Result<Vec<SalesChannel>> {
        let viewer = staff(context)?;
        let channels = app(context)?.sales_channels(viewer).await.map_err(internal)?;
        Ok(channels.into_iter().map(SalesChannel::from).collect())
    }

    /// The orders of a sales channel, newest first. The caller needs the role `viewer`, and a token for all store
    /// views.
    async fn channel_orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `SalesChannel.name` of the channel.")] channel: String,
        #[graphql(desc = "Which orders are listed; null for all orders.")] filter: Option<
            ChannelOrdersFilterInput,
        >,
        #[graphql(
            desc = "The largest number of orders on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<ChannelOrders> {
        let viewer = staff(context)?;
        let filter = filter.unwrap_or_default();
        let statuses = filter.statuses.unwrap_or_default();
        let search = ChannelOrderSearch {
            statuses: statuses.into_iter().map(|it| it.code().to_owned()).collect(),
            has_request: filter.has_request,
            is_waiting: filter.is_waiting,
            after: after.as_deref().map(read_channel_order_cursor).transpose()?,
            limit: page_size(first, 20)?,
        };
        let page = app(context)?.channel_orders(viewer, &channel, &search).await;
        let page = answered(page)?.map_err(query_error)?;
        let place = |record: &ChannelRecord| ChannelOrderPlace {
            placed_at: record.order.placed_at,
            number: record.order.number.as_str().into(),
        };
        Ok(ChannelOrders {
            end_cursor: page.orders.last().map(|it| channel_order_cursor(&place(it))),
            has_next_page: page.has_more,
            items: page.orders.into_iter().map(ChannelOrder::new).collect(),
        })
    }

    /// The order of a sales channel with this number; null when the channel has shown no such order. The caller needs
    /// the role `viewer`, and a token for all store views.
    async fn channel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `SalesChannel.name` of the channel.")] channel: String,
        #[graphql(desc = "The channel's number of the order, such as `123-1234567-1234567`.")] number: String,
    ) -> Result<Option<ChannelOrder>> {
        let viewer = staff(context)?;
        let order = app(context)?.channel_order(viewer, &channel, &number).await;
        let order = answered(order)?.map_err(query_error)?;
        Ok(order.map(ChannelOrder::new))
    }
}

/// Staff's mutations of orders of sales channels.
#[derive(Default)]
pub(crate) struct AdminChannelMutation;

#[Object]
impl AdminChannelMutation {
    /// Asks a sales channel to cancel all that is open of an order. The channel decides: the order counts as canceled
    /// only when the channel's answer and the channel's order say so, which may take minutes. The channel moves the
    /// money and tells the buyer. The caller needs the role `support`, and a token for all store views.
    async fn cancel_channel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and the reason for its cancellation.")] input: CancelChannelOrderInput,
    ) -> Result<ChannelOrderPayload> {
        let viewer = staff(context)?;
        let command = CancelChannelOrder {
            channel: input.channel,
            number: input.number,
            reason: input.reason,
            comment: input.comment,
            confirms: input.confirm.unwrap_or(false),
        };
        ChannelOrderPayload::of(app(context)?.cancel_channel_order(viewer, &command).await)
    }

    /// Declines what the buyer asked for at a sales channel, for some items or for all: these requests end, and the
    /// order is shipped. A declined request is not opened again by a later reading. A channel that has such a call is
    /// told. While the outcome of a cancellation is open, and once the channel has canceled the order, nothing is
    /// declined. The caller needs the role `support`, and a token for all store views.
    async fn decline_channel_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and the reason why its requests are declined.")]
        input: DeclineChannelRequestInput,
    ) -> Result<ChannelOrderPayload> {
        let viewer = staff(context)?;
        let command = DeclineChannelRequest {
            channel: input.channel,
            number: input.number,
            items: input.item_ids,
            reason: input.reason,
        };
        ChannelOrderPayload::of(app(context)?.decline_channel_request(viewer, &command).await)
    }

    /// Reads an order at its sales channel and keeps it from then on, as each reading keeps the orders that it finds. A
    /// channel such as Buy with Prime, which lists no orders, is told its orders in this way. The caller needs the role
    /// `support`, and a token for all store views.
    async fn watch_channel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `SalesChannel.name` of the channel.")] channel: String,
        #[graphql(desc = "The channel's number of the order.")] number: String,
        #[graphql(
            name = "idempotency_key",
            desc = "A key of 1 to 255 printable ASCII characters for this one request: the same request with the same \
                    key changes nothing again and gets the same answer. The header `Idempotency-Key` does the same."
        )]
        idempotency_key: Option<String>,
    ) -> Result<ChannelOrderPayload> {
        // The request was keyed by it before (`request/idempotency_key.rs`).
        drop(idempotency_key);
        let viewer = staff(context)?;
        let watched = app(context)?.watch_channel_order(viewer, &channel, &number).await;
        ChannelOrderPayload::of(watched)
    }

    /// Makes a worker read the changed orders of a sales channel at once, instead of at the next planned time. The
    /// caller needs the role `support`, and a token for all store views.
    async fn sync_sales_channel(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `SalesChannel.name` of the channel.")] name: String,
        #[graphql(
            name = "idempotency_key",
            desc = "A key of 1 to 255 printable ASCII characters for this one request: the same request with the same \
                    key changes nothing again and gets the same answer. The header `Idempotency-Key` does the same."
        )]
        idempotency_key: Option<String>,
    ) -> Result<SyncSalesChannelPayload> {
        // The request was keyed by it before (`request/idempotency_key.rs`).
        drop(idempotency_key);
        let viewer = staff(context)?;
        let app = app(context)?;
        let (done, user_errors) = done_or_user_errors(app.sync_sales_channel(viewer, &name).await)?;
        let channels = match done {
            Some(()) => app.sales_channels(viewer).await.map_err(internal)?,
            None => Vec::new(),
        };
        let channel = channels.into_iter().find(|channel| channel.name == name);
        Ok(SyncSalesChannelPayload {
            channel: channel.map(SalesChannel::from),
            user_errors,
        })
    }
}

/// Which orders of a sales channel are listed. An order must meet every condition that is given.
#[derive(InputObject, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelOrdersFilterInput {
    /// Only orders with one of these statuses at the channel; null for every status.
    statuses: Option<Vec<ChannelOrderStatus>>,
    /// Only orders whose buyer asked to cancel an item, or only the others; null for both.
    has_request: Option<bool>,
    /// Only orders whose cancellation waits for its outcome, or only the others; null for both.
    is_waiting: Option<bool>,
}

/// The order of a sales channel, and the reason for its cancellation.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelChannelOrderInput {
    /// The `SalesChannel.name` of the channel.
    channel: String,
    /// The channel's number of the order, such as `123-1234567-1234567`.
    number: String,
    /// The reason: a code of `SalesChannel.reasons`, or a code or a description of the shop's own reasons for staff
    /// that has a code at the channel.
    reason: String,
    /// A remark of at most 500 characters, which is kept with the cancellation and sent where the channel takes one.
    comment: Option<String>,
    /// Whether you confirm what the channel did not show; null means false. It may be a fact that the reason states,
    /// such as a request of the buyer: some channels count such a reason against the seller. Or the buyer asked for
    /// some of the open items only, and the order is canceled as a whole.
    confirm: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order of a sales channel whose buyer's requests are declined.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DeclineChannelRequestInput {
    /// The `SalesChannel.name` of the channel.
    channel: String,
    /// The channel's number of the order, such as `123-1234567-1234567`.
    number: String,
    /// The `ChannelOrderItem.id` of each item whose request is declined; null for all open requests. The items of one
    /// request are declined together.
    item_ids: Option<Vec<String>>,
    /// The reason for the decision, 1 to 250 characters. A channel that has such a call gets it.
    reason: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A sales channel of the configuration, such as an account at a marketplace.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SalesChannel {
    /// The name in the configuration, such as `amazon-de`.
    name: String,
    /// The kind of channel, by which reasons have their codes: `amazon`, `scx` or `buy_with_prime`.
    kind: String,
    /// The way in which cancellations are sent, such as `feed`.
    cancels_by: String,
    /// Whether the channel is told when a request of a buyer is declined.
    declines_requests: bool,
    /// The reasons that the channel has a code for, in the order of the catalogue.
    reasons: Vec<SalesChannelReason>,
    /// The time at which the orders were last read to the end: RFC 3339, in UTC. Null before the first reading.
    read_at: Option<String>,
    /// The time of the next planned reading: RFC 3339, in UTC. Null before the first reading.
    next_reading_at: Option<String>,
    /// What went wrong at the last turn of a worker, in English; null when nothing did.
    problem: Option<String>,
}

/// A reason with which orders of a sales channel can be canceled.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SalesChannelReason {
    /// The code of the reason in this shop, such as `out_of_stock`.
    code: String,
    /// The channel's own code, such as `NoInventory`.
    channel_code: String,
}

/// One page of the orders of a sales channel, newest first.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelOrders {
    /// The orders of the page, newest first.
    items: Vec<ChannelOrder>,
    /// The position of the last order of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether older orders follow after this page.
    has_next_page: bool,
}

/// The result of a mutation of an order of a sales channel.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelOrderPayload {
    /// The order after the change; null when the mutation was refused.
    order: Option<ChannelOrder>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `syncSalesChannel`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SyncSalesChannelPayload {
    /// The channel as it is before the reading; null when the mutation was refused.
    channel: Option<SalesChannel>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

impl ChannelOrderPayload {
    fn of(changed: std::result::Result<ChannelRecord, Failure<countermand_app::UserError>>) -> Result<Self> {
        let (record, user_errors) = done_or_user_errors(changed)?;
        Ok(Self {
            order: record.map(ChannelOrder::new),
            user_errors,
        })
    }
}

impl From<SeenChannel> for SalesChannel {
    fn from(it: SeenChannel) -> Self {
        let problem = it.pulls.as_ref().map(|pulls| pulls.problem.clone());
        let reason = |(code, channel_code)| SalesChannelReason { code, channel_code };
        Self {
            name: it.name,
            kind: it.kind.into(),
            cancels_by: it.capabilities.way.into(),
            declines_requests: it.capabilities.declines_requests,
            reasons: it.reasons.into_iter().map(reason).collect(),
            read_at: it.pulls.as_ref().and_then(|pulls| pulls.read_at).map(rfc3339),
            next_reading_at: it.pulls.map(|pulls| rfc3339(pulls.reads_at)),
            problem: problem.filter(|problem| !problem.is_empty()),
        }
    }
}
