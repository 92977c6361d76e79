//! `orders` and `order`: staff finds orders.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use countermand_app::UserErrorCode;
use countermand_app::orders::find_orders::OrderSearch;

use super::admin_order::AdminOrder;
use super::cursor::{order_cursor, read_order_cursor, rfc3339};
use super::order_input::order_id;
use super::orders_filter::OrdersFilterInput;
use super::page::page_size;
use super::staff;
use super::user_error::query_error;
use crate::kit::context::{app, viewer};
use crate::kit::error::{answered, internal};

/// Staff's queries for orders.
#[derive(Default)]
pub(crate) struct AdminOrderQuery;

#[Object]
impl AdminOrderQuery {
    /// Finds the orders that meet all conditions of the filter, newest first. The caller needs the role `viewer` or
    /// `warehouse`. A token for one store view finds the orders of that store view only.
    async fn orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conditions that an order must meet; null for all orders.")] filter: Option<
            OrdersFilterInput,
        >,
        #[graphql(
            desc = "The largest number of orders on the page, 1 to 100; null means 20.",
            default_with = "Some(20)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<AdminOrders> {
        let viewer = staff(context)?;
        let search = OrderSearch {
            limit: page_size(first, 20)?,
            after: after.as_deref().map(read_order_cursor).transpose()?,
            ..filter.unwrap_or_default().read(&viewer.shop)?
        };
        let found = answered(app(context)?.find_orders(viewer, &search).await)?.map_err(query_error)?;
        let last = found.orders.last().map(|view| &view.order);
        let last = last.map(|order| (order.placed_at, order.id.number()));
        Ok(AdminOrders {
            end: found.stopped_at.or(last),
            stopped_at: found.stopped_at.map(|(placed_at, _)| placed_at),
            has_more: found.has_more,
            found: found.orders.into_iter().map(AdminOrder::new).collect(),
            search,
        })
    }

    /// Finds one order by its id. Null when no order has this id, or when the token is for another store view. The
    /// caller needs the role `viewer` or `warehouse`.
    async fn order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order's `CustomerOrder.id`, or the decimal number that this id encodes.")]
        id: ID,
    ) -> Result<Option<AdminOrder>> {
        let viewer = staff(context)?;
        let id = match order_id("id", &id) {
            Ok(id) => id,
            Err(refusal) if refusal.code == UserErrorCode::NotFound => return Ok(None),
            Err(refusal) => return Err(query_error(refusal)),
        };
        let view = app(context)?.order_as_admin(viewer, id).await.map_err(internal)?;
        Ok(view.map(AdminOrder::new))
    }
}

/// One page of the orders that `orders` finds.
pub(crate) struct AdminOrders {
    found: Vec<AdminOrder>,
    /// The place at which the next page begins.
    end: Option<(DateTime<Utc>, i64)>,
    stopped_at: Option<DateTime<Utc>>,
    has_more: bool,
    search: OrderSearch,
}

/// One page of the orders that `orders` finds.
#[Object(rename_fields = "snake_case")]
impl AdminOrders {
    /// The orders of the page, newest first.
    async fn items(&self) -> &[AdminOrder] {
        &self.found
    }

    /// The value of `after` for the next page: the position at which this page ends. Null when the page is empty and no
    /// order was looked at.
    async fn end_cursor(&self) -> Option<String> {
        self.end.map(|(placed_at, id)| order_cursor(placed_at, id))
    }

    /// Whether further orders follow after this page, or may follow because the search stopped at `searched_back_to`.
    async fn has_next_page(&self) -> bool {
        self.has_more
    }

    /// The time down to which this page looked, when it stopped early: RFC 3339, in UTC. For `number_part`,
    /// `email_part`, `name`, `sku`, `sales_channel`, `state`, `paid`, `reason_code` and amounts, a page looks at the
    /// newest 10,000 orders that meet the other conditions, and the next page goes on from there. Null when the page is
    /// full or when no orders are left.
    async fn searched_back_to(&self) -> Option<String> {
        self.stopped_at.map(rfc3339)
    }

    /// The number of orders that meet all conditions, on all pages together.
    async fn total_count(&self, context: &Context<'_>) -> Result<OrderCount> {
        let counted = app(context)?.count_orders(viewer(context)?, &self.search).await;
        let counted = answered(counted)?.map_err(query_error)?;
        Ok(OrderCount {
            count: i32::try_from(counted.count).unwrap_or(i32::MAX),
            is_exact: counted.is_exact,
        })
    }
}

/// The number of orders that a search finds.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderCount {
    /// The number of orders that were found, among the newest 10,000 that the search can take from an index.
    count: i32,
    /// Whether `count` is the number of all orders that meet the conditions. If false, there are at least `count` such
    /// orders, because older orders were not looked at.
    is_exact: bool,
}
