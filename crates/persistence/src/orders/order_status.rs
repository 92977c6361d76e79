//! The table by which staff find the orders with a status. It repeats each order's status, so that a change of an order
//! changes no index of the table of orders.

use crate::rows::entity::order;
use crate::rows::entity::order_status::{Column, Model};
use crate::sql::rows::{insert, upsert};
use crate::sql::script::Script;

/// The row that repeats the status of `order`.
pub(crate) fn row_of(order: &order::Model) -> Model {
    Model {
        order_id: order.id,
        status: order.status.clone(),
        placed_at: order.placed_at,
    }
}

/// Adds the statuses of new orders.
pub(crate) fn add_new(script: &mut Script<'_>, orders: &[order::Model]) {
    insert(script, orders.iter().map(row_of));
}

/// Writes the statuses of orders that have new ones. A server of an older version may not have kept an order's status,
/// so its row may be missing.
pub(crate) fn replace(script: &mut Script<'_>, statuses: impl IntoIterator<Item = Model>) {
    let set = [Column::Status, Column::PlacedAt];
    upsert(script, statuses, &[Column::OrderId], &set);
}
