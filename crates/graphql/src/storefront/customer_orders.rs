//! `customerOrders`: the older query for a customer's orders, kept for older storefronts (`docs/contract.md` section
//! 6.1).

use async_graphql::{Context, Object, Result};
use countermand_app::orders::customer_orders::{CustomerOrdersRequest, OrderRange, OrderSort, OrdersScope};

use crate::kit::context::{app, viewer};
use crate::kit::error::{internal, not_a_customer};
use crate::kit::page::MAX_PAGE_SIZE;
use crate::types::{CustomerOrder, CustomerOrders, selects};

#[derive(Default)]
pub(crate) struct CustomerOrdersQuery;

#[Object]
impl CustomerOrdersQuery {
    /// The first 300 orders of the signed-in customer, in all store views. Their `status` is the status code instead
    /// of its label. Null only together with an error.
    #[graphql(deprecation = "Use `customer { orders }`.")]
    async fn customer_orders(&self, context: &Context<'_>) -> Option<Result<CustomerOrders>> {
        Some(all_orders(context).await)
    }
}

async fn all_orders(context: &Context<'_>) -> Result<CustomerOrders> {
    let viewer = viewer(context)?;
    if viewer.customer().is_none() {
        return Err(not_a_customer());
    }
    let everything = CustomerOrdersRequest {
        scope: OrdersScope::Global,
        numbers: None,
        number_part: None,
        text: None,
        statuses: None,
        placed: OrderRange { from: None, to: None },
        base_grand_total: OrderRange { from: None, to: None },
        sort: OrderSort::Id,
        page: 1,
        page_size: MAX_PAGE_SIZE,
        counts_all: selects(context, &["total_count", "page_info"]),
        finds_first: selects(context, &["date_of_first_order"]),
    };
    let page = app(context)?
        .customer_orders(viewer, &everything)
        .await
        .map_err(internal)?;
    Ok(CustomerOrders::new(page, CustomerOrder::with_status_code))
}
