//! The number of orders of each customer in each store view. Each import changes it in its own transaction, so that a
//! page of orders shows how many there are without counting them.

use std::collections::BTreeMap;

use countermand_domain::{CustomerId, OrderId, StoreNumber};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::rows::entity::customer_order_count::{Column, Entity, Model};
use crate::rows::entity::order;
use crate::sql::rows::insert_or_add;
use crate::sql::script::Script;

/// Adds the new orders of customers to the counts. Orders of guests are not counted.
pub(crate) fn add_new(script: &mut Script<'_>, orders: &[order::Model]) {
    // The rows are sorted, so that two imports lock them in the same sequence.
    let mut counts = BTreeMap::new();
    for order in orders {
        if let Some(customer) = order.customer_id {
            *counts.entry((customer, order.store_number)).or_default() += 1;
        }
    }
    let rows = counts
        .into_iter()
        .map(|((customer_id, store_number), orders)| Model {
            customer_id,
            store_number,
            orders,
        });
    let key = [Column::CustomerId, Column::StoreNumber];
    insert_or_add(script, rows, &key, Column::Orders);
}

/// Takes an order from the count of its customer, if it has this version.
pub(crate) fn take_replaced(script: &mut Script<'_>, id: OrderId, version: i64) {
    let mut customer = Query::select();
    customer
        .column(order::Column::CustomerId)
        .from(order::Entity)
        .and_where(order::Column::Id.eq(id.number()))
        .and_where(order::Column::Version.eq(version));
    let mut update = Query::update();
    update
        .table(Entity)
        .value(Column::Orders, Expr::col(Column::Orders).sub(1))
        .and_where(Expr::col(Column::StoreNumber).eq(id.store().0))
        .and_where(Expr::col(Column::CustomerId).in_subquery(customer));
    script.add(&update);
}

/// The numbers of all orders of a customer, one row for each of these store views.
pub(crate) fn counts_of(customer: CustomerId, stores: &[StoreNumber]) -> SelectStatement {
    let mut counts = Query::select();
    counts
        .column(Column::Orders)
        .from(Entity)
        .and_where(Column::CustomerId.eq(customer.number()))
        .and_where(Column::StoreNumber.is_in(stores.iter().map(|store| store.0)));
    counts
}
