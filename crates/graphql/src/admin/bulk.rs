//! `bulkCancelOrders`, `stopBulkCancellation` and `resumeBulkCancellation`: staff cancels many orders with one job.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::Failure;
use countermand_app::bulk::forecast::BulkForecast as Forecast;
use countermand_app::bulk::start::{BulkCancelOrders, BulkSelection};
use countermand_app::{UserError as Refusal, UserErrorCode};
use countermand_domain::{OrderNumber, Shop};

use super::bulk_list::BulkCancellation;
use super::cancel_orders::OrderCancellationResult;
use super::order_input::order_id;
use super::orders_filter::OrdersFilterInput;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;
use crate::kit::money::Money;

/// The results that a dry run shows at once, at most.
const MOST_RESULTS: i32 = 100;

/// Staff's mutations of jobs that cancel many orders.
#[derive(Default)]
pub(crate) struct AdminBulkMutation;

#[Object]
impl AdminBulkMutation {
    /// Begins a job that cancels up to 10,000 orders, each by the same rules that apply to its buyer, or tells what the
    /// job would do. The orders are chosen once, when the job begins. Workers carry it out, and `bulkCancellation`
    /// shows how far it is. The caller needs the role `support`; orders of store views that the token is not for are
    /// not found.
    async fn bulk_cancel_orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The orders to cancel, the reason, and whether it is only a dry run.")]
        input: BulkCancelOrdersInput,
    ) -> Result<BulkCancelOrdersPayload> {
        let viewer = staff(context)?;
        let app = app(context)?;
        let (is_dry_run, first) = (input.dry_run.unwrap_or(false), input.first);
        let (skip, per_second) = (input.skip.unwrap_or(0), input.orders_per_second);
        let key = input.idempotency_key.clone();
        let command = match input.read(&viewer.shop)? {
            Ok(command) => command,
            Err(refusal) => return BulkCancelOrdersPayload::begun(Err(refusal.into())),
        };
        if is_dry_run {
            let forecast = app.forecast_bulk_cancellation(viewer, &command).await;
            return BulkCancelOrdersPayload::told(forecast, skip, first);
        }
        let Some(key) = key else {
            let message = "is needed unless the request is a dry run";
            let refusal = Refusal::about("idempotency_key", UserErrorCode::Invalid, message);
            return BulkCancelOrdersPayload::begun(Err(refusal.into()));
        };
        let begun = app.bulk_cancel_orders(viewer, &command, &key, per_second).await;
        BulkCancelOrdersPayload::begun(begun)
    }

    /// Stops a job: no further order of it is canceled, and canceled orders stay canceled. The caller needs the role
    /// `support`.
    async fn stop_bulk_cancellation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The job that is stopped before its next order.")] input: StopBulkCancellationInput,
    ) -> Result<BulkCancellationPayload> {
        let viewer = staff(context)?;
        let moved = app(context)?.stop_bulk_cancellation(viewer, &input.id).await;
        BulkCancellationPayload::of(moved)
    }

    /// Lets a stopped job go on with the orders that wait. The caller needs the role `support`.
    async fn resume_bulk_cancellation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The stopped job that goes on with its waiting orders.")]
        input: ResumeBulkCancellationInput,
    ) -> Result<BulkCancellationPayload> {
        let viewer = staff(context)?;
        let moved = app(context)?.resume_bulk_cancellation(viewer, &input.id).await;
        BulkCancellationPayload::of(moved)
    }
}

/// The orders to cancel, and the reason for all of them. One of `filter`, `order_ids` and `order_numbers` must be
/// given.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkCancelOrdersInput {
    /// The conditions that select the orders, at least one; null when the input lists them. They are canceled newest
    /// first.
    filter: Option<OrdersFilterInput>,
    /// The `CustomerOrder.id` of each order, or the decimal number that this id encodes, 1 to 10,000; null when the
    /// input selects the orders otherwise. An order that is named twice is canceled once.
    order_ids: Option<Vec<ID>>,
    /// The number of each order, 1 to 10,000; null when the input selects the orders otherwise. A number that several
    /// store views use is refused.
    order_numbers: Option<Vec<String>>,
    /// The reason for the cancellations: the description or the code of a reason that the store view of each order
    /// offers to staff.
    reason: String,
    /// A comment for all cancellations, at most 2,000 characters without HTML, which the buyers see in the history of
    /// their orders; null for none.
    comment: Option<String>,
    /// Whether the buyers are told by mail; null means that the setting of each order's store view decides.
    notify_customer: Option<bool>,
    /// The most orders that are canceled in a second, 1 to 100; null means that the setting
    /// `sales/cancellation/bulk_orders_per_second` decides.
    orders_per_second: Option<i32>,
    /// A key of 1 to 128 characters that the client chooses. A request with the same key and the same input gives the
    /// job that the first one began; with another input, it is refused. Null only in a dry run.
    idempotency_key: Option<String>,
    /// Whether the request changes no order, and tells what would become of each. The default is false.
    #[graphql(default_with = "Some(false)")]
    dry_run: Option<bool>,
    /// The most results that a dry run shows, 1 to 100; null means 100. The counts are about all orders.
    first: Option<i32>,
    /// The number of results that a dry run leaves out before the first one that it shows; null means 0.
    skip: Option<i32>,
}

/// The job of many cancellations that is stopped before its next order.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct StopBulkCancellationInput {
    /// The `BulkCancellation.id` of a job that is not done.
    id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The stopped job of many cancellations that goes on with its waiting orders.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ResumeBulkCancellationInput {
    /// The `BulkCancellation.id` of a stopped job.
    id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `bulkCancelOrders`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkCancelOrdersPayload {
    /// The job; null in a dry run, and when the request was refused.
    bulk_cancellation: Option<BulkCancellation>,
    /// What the job would do; null unless the request was a dry run, and when it was refused.
    forecast: Option<BulkForecast>,
    /// The reasons why the request was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of a mutation of one job.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkCancellationPayload {
    /// The job as it is now; null when the mutation was refused.
    bulk_cancellation: Option<BulkCancellation>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// What a job would do with the orders as they are now.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct BulkForecast {
    /// The number of orders that are selected.
    total: i32,
    /// The number of orders that would be canceled.
    canceled: i32,
    /// The number of orders that would be refused.
    refused: i32,
    /// The money that would come back, one amount for each currency.
    refund_totals: Vec<Money>,
    /// What would become of the orders of this page, in the sequence in which the job cancels them.
    results: Vec<OrderCancellationResult>,
}

impl BulkCancelOrdersInput {
    /// The command, or why the input is refused; an error where the filter is malformed.
    fn read(self, shop: &Shop) -> Result<std::result::Result<BulkCancelOrders, Refusal>> {
        let selection = match (self.filter, self.order_ids, self.order_numbers) {
            (Some(filter), None, None) => BulkSelection::Search(Box::new(filter.read(shop)?)),
            (None, Some(ids), None) => {
                let ids = ids.iter().map(|id| order_id("order_ids", id));
                match ids.collect::<std::result::Result<_, _>>() {
                    Ok(ids) => BulkSelection::Ids(ids),
                    Err(refusal) => return Ok(Err(refusal)),
                }
            }
            (None, None, Some(numbers)) => {
                BulkSelection::Numbers(numbers.into_iter().map(OrderNumber::from).collect())
            }
            _ => {
                let message = "one of filter, order_ids and order_numbers must be given";
                return Ok(Err(Refusal::about("filter", UserErrorCode::Invalid, message)));
            }
        };
        Ok(Ok(BulkCancelOrders {
            selection,
            reason: self.reason,
            comment: self.comment,
            notifies_customer: self.notify_customer,
        }))
    }
}

impl BulkCancelOrdersPayload {
    fn begun(
        begun: std::result::Result<countermand_app::bulk::BulkCancellation, Failure<Refusal>>,
    ) -> Result<Self> {
        let (job, user_errors) = done_or_user_errors(begun)?;
        Ok(Self {
            bulk_cancellation: job.map(BulkCancellation::new),
            forecast: None,
            user_errors,
        })
    }

    fn told(
        forecast: std::result::Result<Forecast, Failure<Refusal>>,
        skip: i32,
        first: Option<i32>,
    ) -> Result<Self> {
        let (forecast, user_errors) = done_or_user_errors(forecast)?;
        Ok(Self {
            bulk_cancellation: None,
            forecast: forecast.map(|it| BulkForecast::of(it, skip, first)).transpose()?,
            user_errors,
        })
    }
}

impl BulkCancellationPayload {
    fn of(
        moved: std::result::Result<countermand_app::bulk::BulkCancellation, Failure<Refusal>>,
    ) -> Result<Self> {
        let (job, user_errors) = done_or_user_errors(moved)?;
        Ok(Self {
            bulk_cancellation: job.map(BulkCancellation::new),
            user_errors,
        })
    }
}

impl BulkForecast {
    fn of(forecast: Forecast, skip: i32, first: Option<i32>) -> Result<Self> {
        let (total, canceled) = (forecast.outcomes.len(), forecast.canceled());
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let refunds = forecast.refunds().map_err(internal)?;
        let first = first.unwrap_or(MOST_RESULTS).clamp(1, MOST_RESULTS);
        let results = forecast
            .outcomes
            .into_iter()
            .skip(usize::try_from(skip).unwrap_or(0))
            .take(usize::try_from(first).unwrap_or(0))
            .map(|it| OrderCancellationResult::of(it, true));
        Ok(Self {
            total: number(total),
            canceled: number(canceled),
            refused: number(total - canceled),
            refund_totals: refunds.into_iter().map(Into::into).collect(),
            results: results.collect(),
        })
    }
}
