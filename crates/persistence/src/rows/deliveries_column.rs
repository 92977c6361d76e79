//! The JSON column `deliveries` of orders: units that were delivered without a shipment, and gift cards that were used.
//! The column is null where there are none, as in most orders.

use countermand_domain::{Delivery, DeliveryKind, ItemPosition, Order, Quantity};

use crate::error::DatabaseError;
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};

/// The position of the item, the quantity in ten-thousandths, the code of the kind, and the time in microseconds.
type Row = (i32, i64, String, i64);

/// The deliveries in the column of an order.
pub(crate) fn deliveries_of(column: Option<&str>) -> Result<Vec<Delivery>, DatabaseError> {
    let Some(text) = column else {
        return Ok(Vec::new());
    };
    let rows: Vec<Row> = json_column::read(text)?;
    let delivery = |(item, quantity, kind, at): Row| {
        Ok(Delivery {
            item: ItemPosition(item),
            quantity: Quantity::from_scaled(quantity),
            kind: delivery_kind(&kind)?,
            at: from_micros(at)?,
        })
    };
    rows.into_iter().map(delivery).collect()
}

/// The column of `order`.
pub(crate) fn deliveries_text(order: &Order) -> Result<Option<String>, DatabaseError> {
    if order.deliveries.is_empty() {
        return Ok(None);
    }
    let row = |it: &Delivery| -> Row {
        (
            it.item.0,
            it.quantity.scaled(),
            it.kind.code().into(),
            to_micros(it.at),
        )
    };
    let rows: Vec<_> = order.deliveries.iter().map(row).collect();
    json_column::write(&rows).map(Some)
}

/// The kind with the code `code`.
pub(crate) fn delivery_kind(code: &str) -> Result<DeliveryKind, DatabaseError> {
    DeliveryKind::from_code(code)
        .ok_or_else(|| DatabaseError::Corrupt(format!("`{code}` is no kind of a delivery")))
}
