//! A page of a customer's orders.

use std::sync::Arc;

use async_graphql::SimpleObject;
use countermand_app::OrderView;
use countermand_app::customer_orders::CustomerOrders as Page;

use super::list::List;
use super::order::CustomerOrder;
use super::page::{SearchResultPageInfo, count};
use super::time;

/// A page of a customer's orders.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CustomerOrders {
    /// The orders.
    items: List<CustomerOrder>,
    /// Where the page stands.
    page_info: Option<SearchResultPageInfo>,
    /// How many orders fit the filter.
    total_count: Option<i32>,
    /// When the customer placed their first order, UTC, whatever the filter.
    date_of_first_order: Option<String>,
}

impl CustomerOrders {
    /// `page`, each order shown by `order`.
    pub(crate) fn new(page: Page, order: impl Fn(Arc<OrderView>) -> CustomerOrder) -> Self {
        Self {
            page_info: Some(SearchResultPageInfo::new(page.page, page.page_size, page.total)),
            total_count: Some(count(page.total)),
            date_of_first_order: page.first_placed_at.map(time::utc),
            items: page
                .orders
                .into_iter()
                .map(|view| order(Arc::new(view)))
                .collect(),
        }
    }
}
