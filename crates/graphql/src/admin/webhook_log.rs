//! Staff reads what was sent to an endpoint, tries it with a test event, and sends events again.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::webhooks::log::{AttemptFilter, WebhookAttempt};
use countermand_app::webhooks::replay::Replay;

use super::cursor::{entry_cursor, event_cursor, read_entry_cursor, read_event_cursor, rfc3339};
use super::page::page_size;
use super::staff;
use super::time_range::read_range;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::{Category, internal, refused};
use crate::kit::id::{of_order, parse_order_id};

/// Staff's query for what was sent to endpoints.
#[derive(Default)]
pub(crate) struct AdminWebhookLogQuery;

#[Object]
impl AdminWebhookLogQuery {
    /// Lists each attempt to send a message to an endpoint, newest first, with the beginning of the answer. The log goes
    /// back 30 days. The caller needs the role `manager` and a token for all store views.
    async fn webhook_deliveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `WebhookEndpoint.id` of the endpoint.")] endpoint: ID,
        #[graphql(desc = "Which attempts are listed; null for all attempts.")] filter: Option<
            WebhookDeliveriesFilterInput,
        >,
        #[graphql(
            desc = "The largest number of attempts on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<WebhookDeliveries> {
        let viewer = staff(context)?;
        let filter = filter.unwrap_or_default();
        let range = read_range(("filter.from", filter.from), ("filter.to", filter.to))?;
        let filter = AttemptFilter {
            event: filter.event_id.map(|id| id.to_string()),
            from: range.from,
            to: range.to,
            is_delivered: filter.is_delivered,
        };
        let (limit, after) = (
            page_size(first, 20)?,
            after.as_deref().map(read_entry_cursor).transpose()?,
        );
        let page = app(context)?
            .webhook_deliveries(viewer, &endpoint, &filter, after.as_deref(), limit)
            .await
            .map_err(internal)?;
        Ok(WebhookDeliveries {
            end_cursor: page.attempts.last().map(|attempt| entry_cursor(&attempt.id)),
            has_next_page: page.has_more,
            items: page.attempts.into_iter().map(WebhookDelivery::from).collect(),
        })
    }
}

/// Staff's mutations that send messages.
#[derive(Default)]
pub(crate) struct AdminWebhookLogMutation;

#[Object]
impl AdminWebhookLogMutation {
    /// Sends a test event to an endpoint, of the type `com.countermand.test.v1` and without data. The log shows what
    /// became of it. The caller needs the role `manager` and a token for all store views.
    async fn send_test_event(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The endpoint that is to be tried.")] input: SendTestEventInput,
    ) -> Result<SendTestEventPayload> {
        let viewer = staff(context)?;
        let done = app(context)?.send_test_event(viewer, &input.endpoint_id).await;
        let (event, user_errors) = done_or_user_errors(done)?;
        Ok(SendTestEventPayload {
            event_id: event.map(ID::from),
            user_errors,
        })
    }

    /// Sends events again to an endpoint, with the ids that they had: one event, those of a range of time that the
    /// endpoint wants, or all events of an order, at most 1,000 at once. Give exactly one of `event_id`, `order_id`, and
    /// `from` with `to`. Events of a range are found whether they were ever sent or not, also those of the time when the
    /// endpoint was switched off. An event that waits for the endpoint is not sent twice: it is sent at once. The caller
    /// needs the role `manager` and a token for all store views.
    async fn replay_webhooks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The endpoint, and the events that are sent again.")] input: ReplayWebhooksInput,
    ) -> Result<ReplayWebhooksPayload> {
        let viewer = staff(context)?;
        let endpoint = input.endpoint_id.to_string();
        let which = input.which()?;
        let done = app(context)?.replay_webhooks(viewer, &endpoint, &which).await;
        let (replayed, user_errors) = done_or_user_errors(done)?;
        Ok(ReplayWebhooksPayload {
            count: replayed.map(|it| i32::try_from(it.count).unwrap_or(i32::MAX)),
            next: replayed.and_then(|it| it.next).map(|place| event_cursor(&place)),
            user_errors,
        })
    }
}

/// Which attempts are listed; an attempt must pass all conditions.
#[derive(InputObject, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookDeliveriesFilterInput {
    /// Only attempts to send the event with this id.
    event_id: Option<ID>,
    /// Only attempts that ended at this time or later: RFC 3339, or a day.
    from: Option<String>,
    /// Only attempts that ended at this time or earlier: RFC 3339, or a day.
    to: Option<String>,
    /// Only attempts that delivered the event, or only those that did not.
    is_delivered: Option<bool>,
}

/// The endpoint to which a test event is sent.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SendTestEventInput {
    /// The `WebhookEndpoint.id` of the endpoint.
    endpoint_id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The events that are sent again to an endpoint.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReplayWebhooksInput {
    /// The `WebhookEndpoint.id` of the endpoint.
    endpoint_id: ID,
    /// The id of one event in the log of the endpoint.
    event_id: Option<ID>,
    /// The `CustomerOrder.id` of an order whose events are all sent, also those before the endpoint was made.
    order_id: Option<ID>,
    /// The beginning of a range of time, in which the events happened: RFC 3339, or a day. With `only_failed`, the
    /// range in which they were tried.
    from: Option<String>,
    /// The end of the range of time, itself included: RFC 3339, or a day.
    to: Option<String>,
    /// The `next` of the answer before, with the same range; null for the beginning of the range. A range with
    /// `only_failed` has none.
    after: Option<String>,
    /// Whether only events are sent that the log of the endpoint shows as tried in the range and not delivered in it.
    #[graphql(default)]
    only_failed: bool,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

impl ReplayWebhooksInput {
    fn which(self) -> Result<Replay> {
        let invalid = |message: &str| refused(Category::Input, "INVALID", message);
        let has_pages = self.event_id.is_none() && self.order_id.is_none() && !self.only_failed;
        if self.after.is_some() && !has_pages {
            return Err(invalid("after goes on with a range of time without only_failed"));
        }
        let after = self.after.as_deref().map(read_event_cursor).transpose()?;
        let range = read_range(("from", self.from), ("to", self.to))?;
        match (self.event_id, self.order_id, range.from, range.to) {
            (Some(event), None, None, None) => Ok(Replay::Event(event.to_string())),
            (None, Some(order), None, None) => {
                let order = parse_order_id(&order).map_err(|problem| invalid(&problem.to_string()))?;
                Ok(Replay::Order(order))
            }
            (None, None, Some(from), Some(to)) => Ok(if self.only_failed {
                Replay::Failed { from, to }
            } else {
                Replay::Range { from, to, after }
            }),
            _ => Err(invalid(
                "give exactly one of event_id, order_id, and from with to",
            )),
        }
    }
}

/// One page of attempts, newest first.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookDeliveries {
    /// The attempts of the page, newest first.
    items: Vec<WebhookDelivery>,
    /// The position of the last attempt of the page: the value of `after` for the next page. Null when the page is
    /// empty.
    end_cursor: Option<String>,
    /// Whether further attempts follow after this page.
    has_next_page: bool,
}

/// An attempt to send an event to an endpoint.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookDelivery {
    /// The id of the attempt, a UUID.
    id: ID,
    /// The id of the event, which is the header `webhook-id` of its message.
    event_id: ID,
    /// The kind of the event, such as `order.canceled`, or `test`.
    event_kind: String,
    /// The `CustomerOrder.id` of the order that changed; null for a test event.
    order_id: Option<ID>,
    /// The number of the attempt, from 1.
    attempt: i32,
    /// Whether the endpoint took the event: it answered with a status from 200 to 299.
    is_delivered: bool,
    /// The status of the answer; null without an answer.
    status: Option<i32>,
    /// The first 1,024 bytes of the answer; empty without an answer.
    answer: String,
    /// The reason why the event was not delivered, in English; null when it was.
    problem: Option<String>,
    /// The time until the answer in milliseconds, or the time that the attempt took without one.
    milliseconds: i32,
    /// The time at which the attempt ended: RFC 3339, in UTC.
    at: String,
}

/// The test event that will be sent, or why it is not.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SendTestEventPayload {
    /// The id of the event, by which `webhookDeliveries` shows what became of it; null when nothing is sent.
    event_id: Option<ID>,
    /// The reasons why nothing is sent; empty otherwise.
    user_errors: Vec<UserError>,
}

/// How many events are sent again, or why none is.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReplayWebhooksPayload {
    /// The number of events that are sent, those among them that waited already; null when nothing is sent. It is 0 when
    /// a part of a long range has no event that the endpoint wants.
    count: Option<i32>,
    /// The value of `after` with which the next request goes on with the range; null when the range has no further
    /// events.
    next: Option<String>,
    /// The reasons why nothing is sent; empty otherwise.
    user_errors: Vec<UserError>,
}

impl From<WebhookAttempt> for WebhookDelivery {
    fn from(attempt: WebhookAttempt) -> Self {
        Self {
            id: attempt.id.into(),
            event_id: attempt.event.into(),
            event_kind: attempt.kind,
            order_id: attempt.order.map(|(order, _)| of_order(order)),
            attempt: attempt.attempt,
            is_delivered: attempt.is_delivered,
            status: attempt.status.map(i32::from),
            answer: attempt.answer,
            problem: Some(attempt.problem).filter(|problem| !problem.is_empty()),
            milliseconds: i32::try_from(attempt.duration.as_millis()).unwrap_or(i32::MAX),
            at: rfc3339(attempt.at),
        }
    }
}
