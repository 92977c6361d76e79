//! Subscriptions, as their buyer and staff see them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use countermand_app::orders::subscriptions::SubscriptionView;

use super::order_item::OrderItemInterface;
use super::row::Row;
use crate::kit::List;
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, internal, refused};
use crate::kit::money::{Money, does_not_add_up};
use crate::kit::page::{MAX_PAGE_SIZE, SearchResultPageInfo, count};
use crate::kit::{id, time};

/// Whether a subscription goes on.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::SubscriptionState")]
pub(crate) enum OrderSubscriptionStatus {
    /// The subscription goes on.
    Active,
    /// The subscription ends with the paid period, and can be resumed until then.
    Ending,
    /// The subscription has ended.
    Ended,
}

/// When a subscription that is ended ends.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::SubscriptionEndTime")]
pub(crate) enum SubscriptionEndTime {
    /// At the end of the paid period; no money goes back.
    PeriodEnd,
    /// At once; a share of the price goes back for the days that are left.
    AtOnce,
}

/// The unit in which the time between two renewals is counted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::IntervalUnit")]
pub(crate) enum SubscriptionIntervalUnit {
    /// The time is counted in days.
    Day,
    /// The time is counted in weeks.
    Week,
    /// The time is counted in months of the calendar.
    Month,
    /// The time is counted in years of the calendar.
    Year,
}

/// A subscription: an item that is paid for a period, and that later orders renew.
pub(crate) struct OrderSubscription(SubscriptionView);

#[Object(rename_fields = "snake_case")]
impl OrderSubscription {
    /// Id that the biller gave the subscription, at most 64 characters. All orders that renew it have the same id.
    async fn subscription_id(&self) -> &str {
        &self.0.subscription.id
    }

    /// Whether the subscription goes on, ends with the paid period, or has ended.
    async fn status(&self) -> OrderSubscriptionStatus {
        self.0.state().into()
    }

    /// Id of the order that pays the newest period.
    async fn order_id(&self) -> ID {
        id::of_order(self.0.order.order.id)
    }

    /// Number of the order that pays the newest period.
    async fn order_number(&self) -> &str {
        self.0.order.order.number.as_str()
    }

    /// The item of this order that pays the period; null when the order does not have the item any more.
    async fn item(&self) -> Option<OrderItemInterface> {
        Row::at(&self.0.order, self.0.subscription.item).map(Into::into)
    }

    /// Name of the product when it was bought; null when the order does not have the item any more.
    async fn product_name(&self) -> Option<String> {
        let row = Row::at(&self.0.order, self.0.subscription.item)?;
        Some(row.item().name.clone())
    }

    /// Unit in which the time between two renewals is counted.
    async fn interval_unit(&self) -> SubscriptionIntervalUnit {
        self.0.subscription.interval.unit.into()
    }

    /// How many units of time lie between two renewals, 1 to 1,000.
    async fn interval_count(&self) -> i32 {
        self.0.subscription.interval.count
    }

    /// When the paid period begins, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    async fn paid_from(&self) -> String {
        time::utc(self.0.subscription.paid_from)
    }

    /// When the paid period ends, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    async fn paid_until(&self) -> String {
        time::utc(self.0.subscription.paid_until)
    }

    /// When the subscription ends or ended, in UTC, as `YYYY-MM-DD HH:MM:SS`; null while it goes on.
    async fn ends_at(&self) -> Option<String> {
        self.0.subscription.end.as_ref().map(|end| time::utc(end.at))
    }

    /// The reason that was given for the end; null when none was given.
    async fn end_reason(&self) -> Option<&str> {
        self.0.subscription.end.as_ref()?.reason.as_deref()
    }

    /// The comment that was written for the end; null when none was written.
    async fn end_comment(&self) -> Option<&str> {
        self.0.subscription.end.as_ref()?.comment.as_deref()
    }

    /// Number of the credit memo with the share that came back; null when no money came back.
    async fn credit_memo_number(&self) -> Option<&str> {
        self.0.subscription.end.as_ref()?.credit_memo.as_deref()
    }

    /// When the viewer can let the subscription end by `endSubscription`; empty when the viewer cannot end it.
    async fn end_options(&self) -> List<SubscriptionEndTime> {
        self.0.ends().into_iter().map(SubscriptionEndTime::from).collect()
    }

    /// Whether the viewer can use `resumeSubscription` now.
    async fn can_resume(&self) -> bool {
        self.0.may_resume()
    }

    /// Money that comes back if the viewer ends the subscription at once now; null when the viewer cannot. Null, with
    /// an entry in `errors`, when the amounts of the order do not add up.
    async fn refund_at_once(&self) -> Option<Result<Money>> {
        let share = self.0.share_at_once().map_err(does_not_add_up);
        share.map(|share| share.map(Money::from)).transpose()
    }
}

impl From<SubscriptionView> for OrderSubscription {
    fn from(view: SubscriptionView) -> Self {
        Self(view)
    }
}

/// A page of a customer's subscriptions.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CustomerSubscriptions {
    /// Subscriptions on this page, the one with the newest paid period first; empty when there are none.
    items: List<OrderSubscription>,
    /// Number and size of this page, and the number of pages.
    page_info: SearchResultPageInfo,
    /// Number of the customer's subscriptions, on all pages together.
    total_count: i32,
}

/// The field `Customer.subscriptions`, which reads the subscriptions only when a query selects it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CustomerSubscriptionsField;

#[Object]
impl CustomerSubscriptionsField {
    /// One page of the customer's subscriptions, of all store views of the website. A page past the end is empty. Null
    /// only together with an error.
    async fn subscriptions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the page, counted from 1; null means 1.", default = 1)]
        current_page: Option<i32>,
        #[graphql(
            desc = "The largest number of subscriptions on the page, 1 to 300; null means 20.",
            default = 20
        )]
        page_size: Option<i32>,
    ) -> Option<Result<CustomerSubscriptions>> {
        Some(subscriptions(context, current_page.unwrap_or(1), page_size.unwrap_or(20)).await)
    }
}

async fn subscriptions(context: &Context<'_>, page: i32, page_size: i32) -> Result<CustomerSubscriptions> {
    let page = u64::try_from(page).ok().filter(|page| *page > 0);
    let page = page.ok_or_else(|| bad_parameter("currentPage value must be greater than 0."))?;
    let page_size = u64::try_from(page_size).ok();
    let page_size = page_size.filter(|size| (1..=MAX_PAGE_SIZE).contains(size));
    let page_size =
        page_size.ok_or_else(|| bad_parameter(&format!("pageSize value must be 1 to {MAX_PAGE_SIZE}.")))?;
    let found = app(context)?.customer_subscriptions(viewer(context)?, page, page_size);
    let found = found.await.map_err(internal)?;
    Ok(CustomerSubscriptions {
        page_info: SearchResultPageInfo::new(page, page_size, found.total),
        total_count: count(found.total),
        items: found.subscriptions.into_iter().map(Into::into).collect(),
    })
}

fn bad_parameter(message: &str) -> async_graphql::Error {
    refused(Category::Input, "BAD_PARAMETER", message)
}
