//! Writes an item of an order as Adobe does.

use serde_json::{Value, json};

use super::draft::Draft;
use super::json::{Ids, time};
use super::money::{number, share};
use super::row::Row;

/// The JSON of the item at `index`.
pub(super) fn item(row: &Row, index: usize, draft: &Draft, ids: &Ids) -> Value {
    let progress = row.progress;
    let mut item = json!({
        "item_id": id_of(index, ids),
        "order_id": ids.order,
        "store_id": draft.shop.store,
        "product_id": row.product_id,
        "product_type": row.kind.code(),
        "sku": row.sku,
        "name": row.name,
        "is_virtual": i32::from(row.kind.is_virtual()),
        "created_at": time(draft.placed_at),
        "qty_ordered": row.quantity,
        "qty_invoiced": progress.invoiced,
        "qty_shipped": progress.shipped,
        "qty_canceled": progress.canceled,
        "qty_refunded": progress.refunded,
        "price": number(row.price),
        "original_price": number(row.price),
        "price_incl_tax": number(row.price + share(row.price, row.tax_rate, 10_000)),
        "row_total": number(row.net),
        "row_total_incl_tax": number(row.net_with_tax()),
        "tax_percent": row.tax_rate / 100,
        "tax_amount": number(row.tax),
        "discount_amount": number(row.discount),
        "row_invoiced": number(row.invoiced(row.net)),
        "tax_invoiced": number(row.invoiced(row.tax)),
        "discount_invoiced": number(row.invoiced(row.discount)),
        "amount_refunded": number(row.refunded(row.net)),
        "tax_refunded": number(row.refunded(row.tax)),
        "discount_refunded": number(row.refunded(row.discount)),
    });
    if let Some(parent) = row.parent {
        item["parent_item_id"] = json!(id_of(parent, ids));
    }
    if !row.options.is_null() {
        item["product_options"] = row.options.clone();
    }
    item
}

fn id_of(index: usize, ids: &Ids) -> i64 {
    ids.first_item + i64::try_from(index).unwrap_or_default()
}
