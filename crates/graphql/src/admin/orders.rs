//! `orders` and `order`: staff finds orders.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::UserErrorCode;
use countermand_app::orders::find_orders::{FindOrders, OrderRange};
use countermand_domain::{OrderNumber, Shop};

use super::admin_order::AdminOrder;
use super::cursor::{order_cursor, page_size, read_from, read_order_cursor, read_to};
use super::order_input::order_id;
use super::staff;
use super::user_error::query_error;
use crate::kit::context::app;
use crate::kit::error::{Category, internal, refused};

/// Staff's queries for orders.
#[derive(Default)]
pub(crate) struct AdminOrderQuery;

#[Object]
impl AdminOrderQuery {
    /// Finds the orders that meet all conditions of the filter, newest first. The caller needs the role `viewer`. A
    /// token for one store view finds the orders of that store view only.
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
        let mut find = filter.unwrap_or_default().find(&viewer.shop)?;
        find.limit = page_size(first, 20)?;
        find.after = after.as_deref().map(read_order_cursor).transpose()?;
        let found = app(context)?.find_orders(viewer, find).await.map_err(internal)?;
        let last = found.orders.last().map(|view| &view.order);
        Ok(AdminOrders {
            end_cursor: last.map(|order| order_cursor(order.placed_at, order.id.number())),
            has_next_page: found.has_more,
            items: found.orders.into_iter().map(AdminOrder::new).collect(),
        })
    }

    /// Finds one order by its id. Null when no order has this id, or when the token is for another store view. The
    /// caller needs the role `viewer`.
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

/// The conditions of a search for orders. An order must meet every condition that is not null.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrdersFilterInput {
    /// The code of the store view in which the order was placed.
    store_code: Option<String>,
    /// The status code of the order, such as `pending`; the whole code must be equal.
    status: Option<String>,
    /// The number of the order; the whole number must be equal.
    number: Option<String>,
    /// The buyer's e-mail address, whole. It matches as it is given and in lower case.
    email: Option<String>,
    /// The earliest time at which the order was placed, inclusive: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or a
    /// date, which stands for its first moment in UTC.
    placed_from: Option<String>,
    /// The latest time at which the order was placed, inclusive: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or a
    /// date, which stands for its last moment in UTC.
    placed_to: Option<String>,
}

/// One page of the orders that `orders` finds.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminOrders {
    /// The orders of the page, newest first.
    items: Vec<AdminOrder>,
    /// The position of the last order of the page: the value of `after` for the next page. Null when the page is
    /// empty.
    end_cursor: Option<String>,
    /// Whether further orders follow after this page.
    has_next_page: bool,
}

impl OrdersFilterInput {
    /// The search for the first page; the caller sets the size of the page.
    fn find(self, shop: &Shop) -> Result<FindOrders> {
        let store = self.store_code.map(|code| {
            let store = shop.store_by_code(&code).map(|store| store.number);
            store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
        });
        let from = self.placed_from.map(|text| read_from("placed_from", &text));
        let to = self.placed_to.map(|text| read_to("placed_to", &text));
        Ok(FindOrders {
            store: store.transpose()?,
            status: self.status,
            number: self.number.map(OrderNumber::from),
            email: self.email,
            placed: OrderRange {
                from: from.transpose()?,
                to: to.transpose()?,
            },
            after: None,
            limit: 0,
        })
    }
}
