//! `customer`: the signed-in customer, and their orders page by page (contract section 9).

use async_graphql::{Context, Error, Object, Result};
use countermand_app::customer_orders::{CustomerOrdersRequest, OrderSort, OrdersScope};

use super::customer_orders_input::{CustomerOrderSortInput, CustomerOrdersFilterInput, ScopeTypeEnum};
use crate::context::{app, viewer};
use crate::error::{Category, internal, not_a_customer, refused};
use crate::types::{Customer, CustomerOrder, CustomerOrders};

/// The largest page: what Adobe's own limit is when it is switched on.
pub(super) const MAX_PAGE_SIZE: u64 = 300;

#[derive(Default)]
pub(crate) struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// The signed-in customer.
    async fn customer(&self, context: &Context<'_>) -> Option<Result<Customer>> {
        Some(viewer(context).and_then(|viewer| {
            let customer = viewer.customer().ok_or_else(not_a_customer)?;
            Ok(Customer::new(customer.clone()))
        }))
    }
}

/// The orders of a customer: they are read when they are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CustomerOrdersField;

#[Object]
impl CustomerOrdersField {
    /// A page of the customer's orders. A page past the end shows the last one.
    async fn orders(
        &self,
        context: &Context<'_>,
        filter: Option<CustomerOrdersFilterInput>,
        #[graphql(default = 1)] current_page: Option<i32>,
        #[graphql(default = 20)] page_size: Option<i32>,
        sort: Option<CustomerOrderSortInput>,
        scope: Option<ScopeTypeEnum>,
    ) -> Option<Result<CustomerOrders>> {
        let page = (current_page.unwrap_or(1), page_size.unwrap_or(20));
        Some(orders(context, filter.unwrap_or_default(), page, sort, scope).await)
    }
}

async fn orders(
    context: &Context<'_>,
    filter: CustomerOrdersFilterInput,
    (page, page_size): (i32, i32),
    sort: Option<CustomerOrderSortInput>,
    scope: Option<ScopeTypeEnum>,
) -> Result<CustomerOrders> {
    let viewer = viewer(context)?;
    let filter = filter.read(viewer.store.currency)?;
    let request = CustomerOrdersRequest {
        scope: scope.map_or(OrdersScope::StoreView, OrdersScope::from),
        numbers: filter.numbers,
        number_part: filter.number_part,
        text: filter.text,
        statuses: filter.statuses,
        placed: filter.placed,
        base_grand_total: filter.base_grand_total,
        sort: sort.map_or(OrderSort::Id, OrderSort::from),
        page: positive("currentPage", page)?,
        page_size: page_size_of(page_size)?,
    };
    let page = app(context)?
        .customer_orders(viewer, &request)
        .await
        .map_err(internal)?;
    Ok(CustomerOrders::new(page, CustomerOrder::new))
}

/// The contract's check of a page's number and size.
fn positive(name: &str, value: i32) -> Result<u64, Error> {
    let value = u64::try_from(value).ok().filter(|&value| value > 0);
    value.ok_or_else(|| {
        refused(
            Category::Input,
            "BAD_PARAMETER",
            format!("{name} value must be greater than 0."),
        )
    })
}

fn page_size_of(value: i32) -> Result<u64, Error> {
    let size = positive("pageSize", value)?;
    if size > MAX_PAGE_SIZE {
        let message = format!("Maximum pageSize is {MAX_PAGE_SIZE}.");
        return Err(refused(Category::Input, "BAD_PARAMETER", message));
    }
    Ok(size)
}
