//! Staff looks for orders.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::UserErrorCode;
use countermand_app::find_orders::{FindOrders, OrderRange};
use countermand_domain::{Catalog, StaffRole};

use super::admin_order::AdminOrder;
use super::cursor::{order_cursor, page_size, read_from, read_order_cursor, read_to};
use super::order_input::order_id;
use super::staff;
use super::user_error::query_error;
use crate::context::app;
use crate::error::{Category, internal, refused};

/// Staff's look at orders.
#[derive(Default)]
pub(crate) struct AdminOrderQuery;

#[Object]
impl AdminOrderQuery {
    /// Orders that fit all of the filter, newest first. Needs the role `viewer`; a token for one store view
    /// finds only that one's.
    async fn orders(
        &self,
        context: &Context<'_>,
        filter: Option<OrdersFilterInput>,
        #[graphql(desc = "1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the page before.")] after: Option<String>,
    ) -> Result<AdminOrders> {
        let viewer = staff(context, StaffRole::Viewer)?;
        let mut find = filter.unwrap_or_default().find(&viewer.catalog)?;
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

    /// One order; null when there is none of that id or the token is for another store view. Needs the role
    /// `viewer`.
    async fn order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "`CustomerOrder.id`, or the number behind it.")] id: ID,
    ) -> Result<Option<AdminOrder>> {
        let viewer = staff(context, StaffRole::Viewer)?;
        let id = match order_id("id", &id) {
            Ok(id) => id,
            Err(refusal) if refusal.code == UserErrorCode::NotFound => return Ok(None),
            Err(refusal) => return Err(query_error(refusal)),
        };
        let view = app(context)?.order_as_admin(viewer, id).await.map_err(internal)?;
        Ok(view.map(AdminOrder::new))
    }
}

/// What to look for; all of it must fit.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrdersFilterInput {
    /// In this store view.
    store_code: Option<String>,
    /// With this status code.
    status: Option<String>,
    /// With exactly this number.
    number: Option<String>,
    /// Of the buyer with exactly this address.
    email: Option<String>,
    /// Placed then or later: RFC 3339, or a date in UTC.
    placed_from: Option<String>,
    /// Placed then or earlier; a date lasts until its end.
    placed_to: Option<String>,
}

/// A page of orders.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminOrders {
    items: Vec<AdminOrder>,
    /// For `after`; null on an empty page.
    end_cursor: Option<String>,
    has_next_page: bool,
}

impl OrdersFilterInput {
    /// The first page, of no size yet.
    fn find(self, catalog: &Catalog) -> Result<FindOrders> {
        let store = self.store_code.map(|code| {
            let store = catalog.store_by_code(&code).map(|store| store.number);
            store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
        });
        let from = self.placed_from.map(|text| read_from("placed_from", &text));
        let to = self.placed_to.map(|text| read_to("placed_to", &text));
        Ok(FindOrders {
            store: store.transpose()?,
            status: self.status,
            number: self.number,
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
