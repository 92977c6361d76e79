//! `bulkCancellation` and `bulkCancellations`: staff sees how far jobs that cancel many orders are.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use countermand_app::bulk::{BulkCancellation as Job, BulkOrder as Order};

use super::cursor::{entry_cursor, read_entry_cursor, rfc3339};
use super::page::page_size;
use super::staff;
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, internal, refused};
use crate::kit::id::of_order;
use crate::kit::money::Money;

/// Staff's queries for jobs that cancel many orders.
#[derive(Default)]
pub(crate) struct AdminBulkQuery;

#[Object]
impl AdminBulkQuery {
    /// The job with this id, which cancels many orders. Null when there is none, or when a token for one store view did
    /// not begin it. The caller needs the role `viewer`.
    async fn bulk_cancellation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `BulkCancellation.id` of the job, a UUID.")] id: ID,
    ) -> Result<Option<BulkCancellation>> {
        let viewer = staff(context)?;
        let job = app(context)?.bulk_cancellation(viewer, &id).await;
        Ok(job.map_err(internal)?.map(BulkCancellation::new))
    }

    /// The jobs that cancel many orders, newest first. The caller needs the role `viewer`. A token for one store view
    /// lists the jobs that tokens for that store view began.
    async fn bulk_cancellations(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The largest number of jobs on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<BulkCancellations> {
        let viewer = staff(context)?;
        let limit = page_size(first, 20)?;
        let after = after.as_deref().map(read_entry_cursor).transpose()?;
        let page = app(context)?
            .bulk_cancellations(viewer, after.as_deref(), limit)
            .await;
        let page = page.map_err(internal)?;
        Ok(BulkCancellations {
            end_cursor: page.jobs.last().map(|job| entry_cursor(&job.id)),
            has_next_page: page.has_more,
            items: page.jobs.into_iter().map(BulkCancellation::new).collect(),
        })
    }
}

/// One page of jobs that cancel many orders, newest first.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkCancellations {
    /// The jobs of the page, newest first.
    items: Vec<BulkCancellation>,
    /// The position of the last job of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether further jobs follow after this page.
    has_next_page: bool,
}

/// How far a job of many cancellations is: whether it waits, runs, was stopped, or is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_domain::BulkState")]
pub(crate) enum BulkCancellationState {
    /// No worker has begun, or the job was resumed and no worker goes on yet.
    Queued,
    /// Workers cancel the orders of the job.
    Running,
    /// Staff stopped the job: its waiting orders stay as they are until `resumeBulkCancellation`.
    Stopped,
    /// Each order of the job has its result.
    Done,
}

/// The result of one order of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_domain::BulkOrderState")]
pub(crate) enum BulkOrderState {
    /// The job has not reached the order yet.
    Waiting,
    /// This job canceled the order.
    Canceled,
    /// The rules of the shop refused the cancellation; `code` and `message` say why.
    Refused,
    /// The program could not decide about the order; `code` and `message` say why.
    Failed,
}

/// A job that cancels many orders.
pub(crate) struct BulkCancellation(Job);

impl BulkCancellation {
    pub(super) fn new(job: Job) -> Self {
        Self(job)
    }

    fn count(&self, state: BulkOrderState) -> i32 {
        i32::try_from(self.0.count(state.into())).unwrap_or(i32::MAX)
    }
}

/// A job that cancels many orders, with the number of orders by their results.
#[Object(rename_fields = "snake_case", rename_args = "snake_case")]
impl BulkCancellation {
    /// The id of the job, a UUID.
    async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Whether the job waits, runs, was stopped or is done.
    async fn state(&self) -> BulkCancellationState {
        self.0.state.into()
    }

    /// The member of staff who began the job: `staff:` and the name of the token, such as `staff:anna`.
    async fn actor(&self) -> String {
        format!("staff:{}", self.0.actor)
    }

    /// The reason for the cancellations as the request gave it: a description or a code.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The comment for all cancellations; null without one.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Whether the buyers are told by mail; null when the setting of each order's store view decides.
    async fn notify_customer(&self) -> Option<bool> {
        self.0.notifies_customer
    }

    /// The most orders that the job cancels in a second.
    async fn orders_per_second(&self) -> i32 {
        self.0.per_second
    }

    /// The time at which the job was asked for: RFC 3339, in UTC.
    async fn created_at(&self) -> String {
        rfc3339(self.0.created_at)
    }

    /// The time at which a worker began: RFC 3339, in UTC. Null before.
    async fn started_at(&self) -> Option<String> {
        self.0.started_at.map(rfc3339)
    }

    /// The time at which each order had its result: RFC 3339, in UTC. Null before.
    async fn finished_at(&self) -> Option<String> {
        self.0.finished_at.map(rfc3339)
    }

    /// The number of orders of the job, which never changes.
    async fn total(&self) -> i32 {
        i32::try_from(self.0.total()).unwrap_or(i32::MAX)
    }

    /// The number of orders that have no result yet.
    async fn waiting(&self) -> i32 {
        self.count(BulkOrderState::Waiting)
    }

    /// The number of orders that this job canceled.
    async fn canceled(&self) -> i32 {
        self.count(BulkOrderState::Canceled)
    }

    /// The number of orders whose cancellation the rules of the shop refused.
    async fn refused(&self) -> i32 {
        self.count(BulkOrderState::Refused)
    }

    /// The number of orders about which the program could not decide.
    async fn failed(&self) -> i32 {
        self.count(BulkOrderState::Failed)
    }

    /// The money that comes back for the canceled orders so far, one amount for each currency.
    async fn refund_totals(&self) -> Vec<Money> {
        let refunds = self.0.counts.iter().filter_map(|count| count.refund);
        refunds.map(Into::into).collect()
    }

    /// The orders of the job in the sequence in which they are canceled, with their results.
    async fn orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only orders with this result; null for all orders.")] state: Option<BulkOrderState>,
        #[graphql(
            desc = "The largest number of orders on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<BulkOrders> {
        let limit = page_size(first, 20)?;
        let not_a_cursor = |_| refused(Category::Input, "INVALID", "after is no cursor of this list");
        let after = after.map(|it| it.parse().map_err(not_a_cursor)).transpose()?;
        let page = app(context)?
            .bulk_orders(viewer(context)?, &self.0.id, state.map(Into::into), after, limit)
            .await
            .map_err(internal)?;
        Ok(BulkOrders {
            end_cursor: page.orders.last().map(|order| order.position.to_string()),
            has_next_page: page.has_more,
            items: page.orders.into_iter().map(BulkOrder::from).collect(),
        })
    }
}

/// One page of the orders of a job.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkOrders {
    /// The orders of the page, in the sequence in which they are canceled.
    items: Vec<BulkOrder>,
    /// The position of the last order of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether further orders follow after this page.
    has_next_page: bool,
}

/// An order of a job, with its result.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkOrder {
    /// The `CustomerOrder.id` of the order.
    order_id: ID,
    /// Whether the order waits, is canceled by this job, or is not canceled by it.
    state: BulkOrderState,
    /// The code of the refusal, such as `INVALID_ORDER_STATUS`, or of the failure; null without one.
    code: Option<String>,
    /// The reason in English why the order is not canceled by this job; null without one.
    message: Option<String>,
    /// The money that comes back, in the order's currency; null unless this job canceled the order.
    refund_total: Option<Money>,
    /// The time of the result: RFC 3339, in UTC. Null while the order waits.
    done_at: Option<String>,
}

impl From<Order> for BulkOrder {
    fn from(order: Order) -> Self {
        let text = |it: String| Some(it).filter(|it| !it.is_empty());
        Self {
            order_id: of_order(order.order),
            state: order.state.into(),
            code: text(order.code),
            message: text(order.message),
            refund_total: order.refund.map(Into::into),
            done_at: order.done_at.map(rfc3339),
        }
    }
}
