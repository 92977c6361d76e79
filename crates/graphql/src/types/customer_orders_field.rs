//! The field `Customer.orders`: one page of a customer's orders (`docs/contract.md` section 9).

use async_graphql::{Context, Error, Object, Result};
use countermand_app::orders::customer_orders::{CustomerOrdersRequest, OrderSort, OrdersScope};

use super::customer_orders::CustomerOrders;
use super::customer_orders_search_input::{CustomerOrderSortInput, CustomerOrdersFilterInput, ScopeTypeEnum};
use super::order::CustomerOrder;
use crate::kit::context::{app, viewer};
use crate::kit::error::{Category, internal, refused};
use crate::kit::page::MAX_PAGE_SIZE;

/// The field `Customer.orders`, which reads the orders only when a query selects it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CustomerOrdersField;

#[Object]
impl CustomerOrdersField {
    /// One page of the customer's orders. A page number past the end stands for the last page. Null only together with
    /// an error.
    async fn orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conditions that an order must meet; null for all orders.")] filter: Option<
            CustomerOrdersFilterInput,
        >,
        #[graphql(desc = "The number of the page, counted from 1; null means 1.", default = 1)]
        current_page: Option<i32>,
        #[graphql(
            desc = "The largest number of orders on the page, 1 to 300; null means 20.",
            default = 20
        )]
        page_size: Option<i32>,
        #[graphql(desc = "The sorting; null for the sequence in which the orders entered the system.")]
        sort: Option<CustomerOrderSortInput>,
        #[graphql(desc = "The store views whose orders are listed; null for the requested store view.")]
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
        counts_all: selects(context, &["total_count", "page_info"]),
        finds_first: selects(context, &["date_of_first_order"]),
    };
    let page = app(context)?
        .customer_orders(viewer, &request)
        .await
        .map_err(internal)?;
    Ok(CustomerOrders::new(page, CustomerOrder::new))
}

/// Whether one of `fields` of the page is selected.
pub(crate) fn selects(context: &Context<'_>, fields: &[&str]) -> bool {
    let selected = context.look_ahead();
    fields.iter().any(|field| selected.field(field).exists())
}

/// `value` if it is greater than zero; otherwise the contract's error, which names the argument `name`.
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
