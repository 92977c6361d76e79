//! The number of orders of each customer in each store view. Each import changes it in its own transaction, so that a
//! page of orders shows how many there are without counting them.

use std::collections::BTreeMap;

use countermand_domain::{CustomerId, StoreNumber};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Query, SelectStatement};

use crate::orders::import::KnownOrder;
use crate::rows::entity::customer_order_count::{Column, Entity, Model};
use crate::rows::entity::order;
use crate::sql::rows::insert_or_add;
use crate::sql::script::Script;

/// Adds the new orders of customers to the counts. Orders of guests are not counted.
pub(crate) fn add_new(script: &mut Script<'_>, orders: &[order::Model]) {
    add(
        script,
        orders
            .iter()
            .map(|order| (order.customer_id, order.store_number, 1)),
    );
}

/// Counts an order for the customer to whom it belongs now, and no more for the customer of `known`.
pub(crate) fn replace(script: &mut Script<'_>, known: &KnownOrder, order: &order::Model) {
    let former = known.customer.map(CustomerId::number);
    if former != order.customer_id {
        let store = order.store_number;
        add(script, [(former, store, -1), (order.customer_id, store, 1)]);
    }
}

/// Counts an order no more for the customer to whom it belonged.
pub(crate) fn take_away(script: &mut Script<'_>, former: Option<CustomerId>, order: &order::Model) {
    add(script, [(former.map(CustomerId::number), order.store_number, -1)]);
}

/// Adds a number to the count of each customer in a store view.
fn add(script: &mut Script<'_>, changes: impl IntoIterator<Item = (Option<i64>, i32, i64)>) {
    // The rows are sorted, so that two imports lock them in the same sequence.
    let mut counts = BTreeMap::new();
    for (customer, store, change) in changes {
        if let Some(customer) = customer {
            *counts.entry((customer, store)).or_default() += change;
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
