//! A page of a customer's orders.

use std::sync::Arc;

use async_graphql::SimpleObject;
use countermand_app::OrderView;
use countermand_app::orders::customer_orders::CustomerOrders as Page;

use super::order::CustomerOrder;
use crate::kit::List;
use crate::kit::page::{SearchResultPageInfo, count};
use crate::kit::time;

/// A page of a customer's orders.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CustomerOrders {
    /// Orders on this page; empty when no order fits the filter.
    items: List<CustomerOrder>,
    /// Number and size of this page, and the number of pages. Never null.
    page_info: Option<SearchResultPageInfo>,
    /// Number of orders that fit the filter, on all pages together. Never null.
    total_count: Option<i32>,
    /// When the customer placed the first of all their orders, in UTC, as `YYYY-MM-DD HH:MM:SS`; the filter does
    /// not matter. Null when the customer has no orders.
    date_of_first_order: Option<String>,
}

impl CustomerOrders {
    /// The page `page`; `order` makes each order from its view.
    pub(crate) fn new(page: Page, order: impl Fn(Arc<OrderView>) -> CustomerOrder) -> Self {
        // Not counted where no field that shows it is selected.
        let total = page.total.unwrap_or(0);
        Self {
            page_info: Some(SearchResultPageInfo::new(page.page, page.page_size, total)),
            total_count: Some(count(total)),
            date_of_first_order: page.first_placed_at.map(time::utc),
            items: page
                .orders
                .into_iter()
                .map(|view| order(Arc::new(view)))
                .collect(),
        }
    }
}
