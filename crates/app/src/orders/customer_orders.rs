//! A customer looks at their orders.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, Order, OrderNumber, StoreNumber};
use countermand_persistence::CustomerOrdersQuery;
pub use countermand_persistence::{OrderRange, OrderSort};

use crate::App;
use crate::error::AppError;
use crate::orders::order_view::OrderView;
use crate::viewer::Viewer;

/// Which store views' orders are listed (`docs/contract.md` section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrdersScope {
    /// Only the store view that the request names. This is the default.
    StoreView,
    /// All store views of its group.
    Group,
    /// All store views of its website.
    Website,
    /// All store views.
    Global,
}

/// Which orders a customer wants to see.
#[derive(Debug, Clone)]
pub struct CustomerOrdersRequest {
    /// The store views whose orders are listed.
    pub scope: OrdersScope,
    /// The order's number is one of these numbers.
    pub numbers: Option<Vec<OrderNumber>>,
    /// The order's number contains this text.
    pub number_part: Option<String>,
    /// The order's number, or the name or the SKU of one of its items, contains this text.
    pub text: Option<String>,
    /// The order's status is one of these status codes.
    pub statuses: Option<Vec<String>>,
    /// When the order was placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// The grand total in the base currency, in minor units.
    pub base_grand_total: OrderRange<i64>,
    /// How the orders are sorted.
    pub sort: OrderSort,
    /// The number of the page, from 1. A number past the end shows the last page.
    pub page: u64,
    /// How many orders a page has.
    pub page_size: u64,
    /// Whether to count the orders. With a filter, counting takes longer the more orders the customer has.
    pub counts_all: bool,
    /// Whether to find the time of the customer's first order.
    pub finds_first: bool,
}

/// A page of a customer's orders.
#[derive(Debug, Clone)]
pub struct CustomerOrders {
    /// The orders.
    pub orders: Vec<OrderView>,
    /// The number of orders that fit the filter; none when the request did not ask for it.
    pub total: Option<u64>,
    /// The number of the page that is shown.
    pub page: u64,
    /// How many orders a page has.
    pub page_size: u64,
    /// When the customer placed the first order; the filter does not change this.
    pub first_placed_at: Option<DateTime<Utc>>,
}

impl App {
    /// A page of the viewer's own orders.
    pub async fn customer_orders(
        &self,
        viewer: &Viewer,
        request: &CustomerOrdersRequest,
    ) -> Result<CustomerOrders, AppError> {
        let Some(customer) = viewer.customer() else {
            return Err(AppError::Forbidden);
        };
        let query = CustomerOrdersQuery {
            customer: customer.id,
            stores: stores_in(viewer, request.scope),
            numbers: request.numbers.clone(),
            number_part: request.number_part.clone(),
            text: request.text.clone(),
            statuses: request.statuses.clone(),
            placed: request.placed,
            base_grand_total: request.base_grand_total,
            sort: request.sort,
            page: request.page,
            page_size: request.page_size,
            counts_all: request.counts_all,
            finds_first: request.finds_first,
        };
        let page = self.database().customer_orders(&query).await?;
        let actor = Actor::Customer(customer.id);
        let mut reversals = page.reversals;
        let view = |order: Arc<Order>| {
            let known = reversals
                .as_mut()
                .map(|all| all.remove(&order.id).unwrap_or_default());
            self.view(order, page.shop.clone(), actor.clone())
                .with_reversals(known)
        };
        Ok(CustomerOrders {
            orders: page.orders.into_iter().map(view).collect(),
            total: page.total,
            page: page.page,
            page_size: request.page_size,
            first_placed_at: page.first_placed_at,
        })
    }
}

fn stores_in(viewer: &Viewer, scope: OrdersScope) -> Vec<StoreNumber> {
    let here = &viewer.store;
    let stores = viewer.shop.stores.iter();
    match scope {
        OrdersScope::StoreView => vec![here.number],
        OrdersScope::Group => stores
            .filter(|it| it.group == here.group)
            .map(|it| it.number)
            .collect(),
        OrdersScope::Website => stores
            .filter(|it| it.website == here.website)
            .map(|it| it.number)
            .collect(),
        OrdersScope::Global => stores.map(|it| it.number).collect(),
    }
}
