//! `customerOrders`: the older way to a customer's orders, kept for older storefronts.

use async_graphql::{Context, Object, Result};
use countermand_app::customer_orders::{CustomerOrdersRequest, OrderRange, OrderSort, OrdersScope};

use super::customer::MAX_PAGE_SIZE;
use crate::context::{app, viewer};
use crate::error::{internal, not_a_customer};
use crate::types::{CustomerOrder, CustomerOrders};

#[derive(Default)]
pub(crate) struct CustomerOrdersQuery;

#[Object]
impl CustomerOrdersQuery {
    /// The signed-in customer's first 300 orders, their `status` as the code (contract section 6.1).
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
    };
    let page = app(context)?
        .customer_orders(viewer, &everything)
        .await
        .map_err(internal)?;
    Ok(CustomerOrders::new(page, CustomerOrder::with_status_code))
}
