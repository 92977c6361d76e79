//! `cancellationReport`: how many orders were canceled in a span of days, and for how much money.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use countermand_app::reports::cancellation_report::{CancellationReport as Report, ReportRequest, ReportRow};

use super::staff;
use super::user_error::query_error;
use crate::kit::Money;
use crate::kit::context::app;
use crate::kit::error::{Category, answered, refused};

/// Staff's query for reports.
#[derive(Default)]
pub(crate) struct AdminReportQuery;

#[Object]
impl AdminReportQuery {
    /// Counts the orders that were canceled in a span of days, with their money, by what `group_by` names. The span has
    /// at most 366 days and 200,000 cancellations, and the report at most 5,000 rows; more is refused. The caller needs
    /// the role `viewer`. A token for one store view reads about the orders of that store view only.
    async fn cancellation_report(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day of the report, `YYYY-MM-DD`.")] from: String,
        #[graphql(desc = "The last day of the report, `YYYY-MM-DD`; it is included.")] to: String,
        #[graphql(
            name = "time_zone",
            desc = "The IANA name of the time zone in which days begin, such as `Europe/Amsterdam`; null for the time zone of the store view."
        )]
        time_zone: Option<String>,
        #[graphql(
            name = "store_code",
            desc = "The code of the store view of the orders; null for all store views."
        )]
        store_code: Option<String>,
        #[graphql(
            name = "group_by",
            desc = "What the rows distinguish; an empty list makes one row for each currency.",
            default_with = "vec![CancellationReportGroup::Reason]"
        )]
        group_by: Vec<CancellationReportGroup>,
    ) -> Result<CancellationReport> {
        let viewer = staff(context)?;
        let store = store_code.map(|code| {
            let store = viewer.shop.store_by_code(&code).map(|store| store.number);
            store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
        });
        let request = ReportRequest {
            from,
            to,
            time_zone,
            store: store.transpose()?,
            groups: group_by.into_iter().map(Into::into).collect(),
        };
        let report = app(context)?.cancellation_report(viewer, request).await;
        Ok(CancellationReport(answered(report)?.map_err(query_error)?))
    }
}

/// What the rows of a report distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::reports::cancellation_report::ReportGroup")]
pub(crate) enum CancellationReportGroup {
    /// The day on which the orders were canceled, in the report's time zone.
    Day,
    /// The store view in which the orders were placed.
    Store,
    /// The reason for which the orders were canceled.
    Reason,
    /// Who canceled the orders: all customers, all guests, or one member of staff.
    Actor,
}

/// The cancellations of a span of days.
pub(crate) struct CancellationReport(Report);

/// The cancellations of a span of days.
#[Object(rename_fields = "snake_case")]
impl CancellationReport {
    /// The first day of the report, `YYYY-MM-DD`.
    async fn from(&self) -> String {
        self.0.days.from().to_string()
    }

    /// The last day of the report, `YYYY-MM-DD`.
    async fn to(&self) -> String {
        self.0.days.to().to_string()
    }

    /// The IANA name of the time zone in which the days begin.
    async fn time_zone(&self) -> &str {
        self.0.days.zone()
    }

    /// The number of orders that were placed on these days.
    async fn orders_placed(&self) -> i32 {
        count(self.0.orders_placed)
    }

    /// The number of orders that were canceled on these days, whenever they were placed. An order of which parts were
    /// canceled at several times counts at the first one.
    async fn canceled_orders(&self) -> i32 {
        count(self.0.canceled_orders)
    }

    /// The groups of cancellations, sorted by day, store view, reason and actor; empty when no order was canceled.
    async fn rows(&self) -> Vec<CancellationReportRow> {
        self.0.rows.iter().map(CancellationReportRow::from).collect()
    }

    /// The rows as CSV (RFC 4180) with a line of names. A text that a spreadsheet would take for a formula begins with
    /// an apostrophe.
    async fn csv(&self) -> String {
        self.0.csv()
    }
}

/// The cancellations of one group in one currency.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationReportRow {
    /// The day of the cancellations, `YYYY-MM-DD`; null when the report does not distinguish days.
    day: Option<String>,
    /// The code of the store view of the orders; null when the report does not distinguish store views.
    store_code: Option<String>,
    /// The code of the reason; null when the report does not distinguish reasons.
    reason_code: Option<String>,
    /// The reason as the shop describes it today, or its code if the shop offers it no more; null when the report does
    /// not distinguish reasons.
    reason: Option<String>,
    /// Who canceled: `customer`, `guest`, `system`, or `staff:` and the name of the token, such as `staff:anna`; null
    /// when the report does not distinguish actors.
    actor: Option<String>,
    /// The number of canceled orders in this group. An order counts with the first cancellation that took a part of it.
    canceled_orders: i32,
    /// The number of orders that were placed on the days of the report, in all store views and on all days that the row
    /// stands for.
    orders_placed: i32,
    /// `canceled_orders` divided by `orders_placed`, with four decimals; null when no order was placed. It may exceed
    /// 1, because orders are canceled later than they are placed.
    share: Option<f64>,
    /// The money that will never be billed, because the orders were canceled.
    canceled_total: Money,
    /// The money that flows back to the buyers, because the orders were canceled.
    refunded_total: Money,
}

impl From<&ReportRow> for CancellationReportRow {
    fn from(row: &ReportRow) -> Self {
        let share = row.share().and_then(|share| u32::try_from(share).ok());
        Self {
            day: row.day.map(|day| day.to_string()),
            store_code: row.store.clone(),
            reason_code: row.reason_code.clone(),
            reason: row.reason.clone(),
            actor: row.actor.clone(),
            canceled_orders: count(row.canceled_orders),
            orders_placed: count(row.orders_placed),
            share: share.map(|share| f64::from(share) / 10_000.0),
            canceled_total: row.canceled.into(),
            refunded_total: row.refunded.into(),
        }
    }
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
