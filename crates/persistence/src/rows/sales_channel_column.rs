//! The JSON column `sales_channel` of orders: the order of a channel from which an order was imported. The column is
//! null for all other orders.

use std::collections::BTreeMap;

use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{Order, OrderChannel};

use crate::error::DatabaseError;
use crate::rows::entity::channel_import;
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};

/// The name of the channel, its number of the order, and when it had canceled the order, in microseconds.
type Row = (String, String, Option<i64>);

/// The channel in the column of an order.
pub(crate) fn channel_of(column: Option<&str>) -> Result<Option<OrderChannel>, DatabaseError> {
    let Some(text) = column else { return Ok(None) };
    let (name, number, canceled_at): Row = json_column::read(text)?;
    let number = ChannelOrderNumber::parse(&number)
        .ok_or_else(|| DatabaseError::Corrupt(format!("`{number}` is no number of a channel's order")))?;
    Ok(Some(OrderChannel {
        name,
        number,
        canceled_at: canceled_at.map(from_micros).transpose()?,
    }))
}

/// The column of `order`.
pub(crate) fn channel_text(order: &Order) -> Result<Option<String>, DatabaseError> {
    let Some(it) = &order.channel else { return Ok(None) };
    let row: Row = (
        it.name.clone(),
        it.number.as_str().into(),
        it.canceled_at.map(to_micros),
    );
    json_column::write(&row).map(Some)
}

/// The rows that lead from orders of channels to `orders`. Of several orders that name the same one, the last one is
/// it.
pub(crate) fn import_rows<'a>(orders: impl Iterator<Item = &'a Order>) -> Vec<channel_import::Model> {
    let named = orders.filter_map(|order| Some((order.channel.as_ref()?, order.id)));
    let rows: BTreeMap<_, _> = named
        .map(|(channel, id)| ((channel.name.as_str(), channel.number.as_str()), id.number()))
        .collect();
    let row = |((channel, number), order_id): ((&str, &str), i64)| channel_import::Model {
        channel: channel.into(),
        number: number.into(),
        order_id,
    };
    rows.into_iter().map(row).collect()
}
