//! `cancellationRequests`, `approveCancellationRequest` and `declineCancellationRequest`: staff decides requests.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::OrderView;
use countermand_app::cancel::decide_request::RequestApproval;
use countermand_app::cancel::request_queue::{
    FoundChannelRequest, FoundRequest, QueueSearch, QueuedRequest, RequestSearch,
};
use countermand_domain::Shop;

use super::admin_order::AdminOrder;
use super::channel_order::ChannelOrder;
use super::cursor::{read_request_cursor, request_cursor};
use super::order_input::{order_id, refund_choice};
use super::order_work::OrderPayload;
use super::page::page_size;
use super::staff;
use super::time_range::read_range;
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::{Category, internal, refused};
use crate::types::cancellation_request::{CancellationRequest, CancellationRequestStatus};
use crate::types::order_line::{OrderLineInput, lines};
use crate::types::refund_choice::CancellationRefundInput;

/// Staff's query for requests.
#[derive(Default)]
pub(crate) struct AdminRequestQuery;

/// Staff's decisions about requests.
#[derive(Default)]
pub(crate) struct AdminRequestMutation;

/// The conditions that a request must meet. A request must meet every condition that is not null.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationRequestsFilterInput {
    /// The statuses of which the request has one; null for open requests. A request at a sales channel is listed while
    /// it is open.
    statuses: Option<Vec<CancellationRequestStatus>>,
    /// The code of the store view of the order; null for all store views. An order of a sales channel has a store view
    /// once it is imported.
    store_code: Option<String>,
    /// The `SalesChannel.name` of the channel where the buyer asked, or `none` for requests in the shop; null for all.
    sales_channel: Option<String>,
    /// The code of the reason, such as `other`; null for every reason and for none. Each request at a sales channel
    /// has `asked_at_channel`.
    reason_code: Option<String>,
    /// The earliest time of the request: RFC 3339, or a day; null for no limit.
    requested_from: Option<String>,
    /// The latest time of the request: RFC 3339, or a day, which is included; null for no limit.
    requested_to: Option<String>,
    /// The time before which the request has to be decided: RFC 3339, or a day, which is included. Requests without a
    /// deadline do not meet it. Null for no limit.
    due_before: Option<String>,
}

/// The order whose open request is approved.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ApproveCancellationRequestInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The items of the request to cancel, and how many units of each; null for all that the request asks for. What is
    /// not named is not canceled, and the request ends. Must be null for a request at a sales channel.
    items: Option<Vec<OrderLineInput>>,
    /// What the buyer reads about the decision, at most 2,000 characters; null for none. At a sales channel, the
    /// comment of the cancellation, at most 500 characters.
    reason: Option<String>,
    /// Whether the buyer is told by mail; null means that the setting of the order's store view decides.
    notify_customer: Option<bool>,
    /// Whether the buyer, who asked at a sales channel for some of the open items, gives up the others too; null means
    /// no. A channel cancels all open items.
    confirm: Option<bool>,
    /// How much of the money that comes back is paid back, as `cancelOrderAsAdmin` takes it: `FULL` pays all of it
    /// back, without a fee. Null means all of it but the fee that the person who asked pays by the rules. Must be null
    /// for a request at a sales channel.
    refund: Option<CancellationRefundInput>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order whose open request is declined.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DeclineCancellationRequestInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// Why the shop declines, for the buyer to read: 1 to 2,000 characters, and at a sales channel 1 to 250.
    reason: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// One page of requests for a cancellation.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationRequests {
    /// The requests of the page, oldest first.
    items: Vec<ListedCancellationRequest>,
    /// The position of the last request of the page: the value of `after` for the next page. Null when the page is
    /// empty.
    end_cursor: Option<String>,
    /// Whether further requests follow after this page.
    has_next_page: bool,
}

/// A request for a cancellation in staff's list.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ListedCancellationRequest {
    /// The request for a cancellation as it is now.
    request: CancellationRequest,
    /// The order of the shop whose cancellation was requested; null for an order of a sales channel that was not
    /// imported.
    order: Option<AdminOrder>,
    /// The order of the sales channel at which the buyer asked, with the buyer's words for each item; null for a
    /// request that was made in the shop.
    channel_order: Option<ChannelOrder>,
    /// The age of the request in seconds; of an ended one, how long it was open.
    age_seconds: i32,
    /// Whether the request is open although its deadline is over.
    is_overdue: bool,
}

#[Object]
impl AdminRequestQuery {
    /// Lists requests for a cancellation, oldest first; without a filter, those that wait for a decision. Among them
    /// is what buyers ask for at sales channels. The caller needs the role `viewer`. A token for one store view lists
    /// the requests of that store view only, and none at a sales channel.
    async fn cancellation_requests(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conditions that a request must meet; null for open requests.")] filter: Option<
            CancellationRequestsFilterInput,
        >,
        #[graphql(
            desc = "The largest number of requests on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<CancellationRequests> {
        let viewer = staff(context)?;
        let mut search = filter.unwrap_or_default().read(&viewer.shop)?;
        search.requests.limit = page_size(first, 20)?;
        search.after = after.as_deref().map(read_request_cursor).transpose()?;
        let found = app(context)?.cancellation_requests(viewer, &search).await;
        let found = found.map_err(internal)?;
        let end = found.requests.last().map(QueuedRequest::place);
        let listed = found.requests.into_iter().map(|it| match it {
            QueuedRequest::AtShop(it) => listed(*it),
            QueuedRequest::AtChannel(it) => listed_at_channel(*it),
        });
        Ok(CancellationRequests {
            items: listed.collect(),
            end_cursor: end.as_ref().map(request_cursor),
            has_next_page: found.has_more,
        })
    }
}

#[Object]
impl AdminRequestMutation {
    /// Cancels what the open request of an order asks for, or a part of it. When nothing of it can be canceled any
    /// more, the request ends as `TOO_LATE`, and so does the answer's `user_errors`. What the buyer of an imported
    /// order asked for at its sales channel is asked of the channel, as `cancelChannelOrder` does: the channel
    /// decides. The caller needs the role `support`.
    async fn approve_cancellation_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and the part of its request to approve.")]
        input: ApproveCancellationRequestInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let read = order_id("order_id", &input.order_id).and_then(|id| {
            let items = input.items.map(|items| lines(id, Some(items))).transpose()?;
            Ok((id, items, input.refund.map(refund_choice).transpose()?))
        });
        let asked = match read {
            Ok((id, items, refund)) => {
                let approval = RequestApproval {
                    items,
                    reason: input.reason,
                    notifies_customer: input.notify_customer,
                    refund,
                    confirms: input.confirm.unwrap_or(false),
                };
                app(context)?
                    .approve_cancellation_request(viewer, id, &approval)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        let too_late = asked.as_ref().ok().and_then(OrderView::came_too_late);
        Ok(OrderPayload::of(asked)?.and_told(too_late))
    }

    /// Declines the open request of an order. The buyer reads the reason, and the order can be shipped again. Of an
    /// imported order, it declines all that the buyer asked for at its sales channel, as `declineChannelRequest` does.
    /// The caller needs the role `support`.
    async fn decline_cancellation_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and why its request is declined.")]
        input: DeclineCancellationRequestInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => {
                app(context)?
                    .decline_cancellation_request(viewer, id, &input.reason)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }
}

impl CancellationRequestsFilterInput {
    fn read(self, shop: &Shop) -> Result<QueueSearch> {
        let store = self.store_code.map(|code| {
            let store = shop.store_by_code(&code).map(|store| store.number);
            store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
        });
        let statuses = self
            .statuses
            .unwrap_or_else(|| vec![CancellationRequestStatus::Open]);
        let requested = read_range(
            ("requested_from", self.requested_from),
            ("requested_to", self.requested_to),
        )?;
        let due = read_range(("due_before", None), ("due_before", self.due_before))?;
        Ok(QueueSearch {
            requests: RequestSearch {
                statuses: statuses.into_iter().map(Into::into).collect(),
                store: store.transpose()?,
                reason_code: self.reason_code,
                requested_from: requested.from,
                requested_to: requested.to,
                due_to: due.to,
                ..RequestSearch::default()
            },
            channel: self.sales_channel,
            after: None,
        })
    }
}

fn listed(found: FoundRequest) -> ListedCancellationRequest {
    let FoundRequest { request, order } = found;
    let seen_at = order.seen_at;
    let until = request.decision.as_ref().map_or(seen_at, |it| it.at);
    let age = (until - request.requested_at).num_seconds();
    let view = Arc::new(order);
    ListedCancellationRequest {
        age_seconds: i32::try_from(age).unwrap_or(i32::MAX),
        is_overdue: request.is_open() && request.due_at.is_some_and(|due| due <= seen_at),
        request: CancellationRequest::of(&request, &view),
        order: Some(AdminOrder::of(view)),
        channel_order: None,
    }
}

fn listed_at_channel(found: FoundChannelRequest) -> ListedCancellationRequest {
    let age = (found.seen_at - found.requested_at).num_seconds();
    ListedCancellationRequest {
        age_seconds: i32::try_from(age).unwrap_or(i32::MAX),
        is_overdue: found.record.due_at.is_some_and(|due| due <= found.seen_at),
        request: CancellationRequest::at_channel(&found.record, found.requested_at),
        order: found.order.map(AdminOrder::new),
        channel_order: Some(ChannelOrder::new(found.record)),
    }
}
