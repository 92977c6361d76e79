//! Converts the items of an order to rows and back.

use countermand_domain::{
    Currency, ItemPosition, ItemPrices, ItemQuantities, OrderId, OrderItem, ProductType, Quantity, UnitPrice,
};

use crate::error::DatabaseError;
use crate::rows::entity::order_item;
use crate::rows::json_column::{self, OptionsDoc, RowDoc};

pub(crate) fn item_of(row: order_item::Model, currency: Currency) -> Result<OrderItem, DatabaseError> {
    let options: OptionsDoc = if row.options.is_empty() {
        OptionsDoc::default()
    } else {
        json_column::read(&row.options)?
    };
    let parts = |net, tax, compensation, discount| RowDoc(net, tax, compensation, discount).money(currency);
    Ok(OrderItem {
        position: ItemPosition(row.position),
        parent: row.parent.map(ItemPosition),
        external_id: row.external_id,
        product_type: ProductType::from_code(&row.product_type),
        is_virtual: row.is_virtual,
        counts: row.counts,
        quantities: ItemQuantities {
            ordered: Quantity::from_scaled(row.qty_ordered),
            invoiced: Quantity::from_scaled(row.qty_invoiced),
            shipped: Quantity::from_scaled(row.qty_shipped),
            canceled: Quantity::from_scaled(row.qty_canceled),
            refunded: Quantity::from_scaled(row.qty_refunded),
            in_fulfilment: Quantity::from_scaled(row.qty_in_fulfilment),
        },
        prices: ItemPrices {
            price: UnitPrice::from_ten_thousandths(row.price),
            price_including_tax: UnitPrice::from_ten_thousandths(row.price_including_tax),
            original_price: row.original_price.map(UnitPrice::from_ten_thousandths),
        },
        ordered: parts(
            row.ordered_net,
            row.ordered_tax,
            row.ordered_tax_compensation,
            row.ordered_discount,
        ),
        invoiced: parts(
            row.invoiced_net,
            row.invoiced_tax,
            row.invoiced_tax_compensation,
            row.invoiced_discount,
        ),
        refunded: parts(
            row.refunded_net,
            row.refunded_tax,
            row.refunded_tax_compensation,
            row.refunded_discount,
        ),
        canceled: parts(
            row.canceled_net,
            row.canceled_tax,
            row.canceled_tax_compensation,
            row.canceled_discount,
        ),
        selected_options: json_column::product_options(options.selected),
        entered_options: json_column::product_options(options.entered),
        ships_separately: options.ships_separately,
        bundle_options: json_column::bundle_options(options.bundle),
        downloadable_links: options.links,
        gift_card: options.gift_card.map(Into::into),
        sku: row.sku,
        name: row.name,
    })
}

pub(crate) fn item_row(order: OrderId, item: &OrderItem) -> Result<order_item::Model, DatabaseError> {
    let q = item.quantities;
    let [ordered, invoiced, refunded, canceled] =
        [item.ordered, item.invoiced, item.refunded, item.canceled].map(RowDoc::of);
    Ok(order_item::Model {
        order_id: order.number(),
        position: item.position.0,
        parent: item.parent.map(|parent| parent.0),
        external_id: item.external_id,
        sku: item.sku.clone(),
        name: item.name.clone(),
        product_type: item.product_type.code().into(),
        is_virtual: item.is_virtual,
        counts: item.counts,
        qty_ordered: q.ordered.scaled(),
        qty_invoiced: q.invoiced.scaled(),
        qty_shipped: q.shipped.scaled(),
        qty_canceled: q.canceled.scaled(),
        qty_refunded: q.refunded.scaled(),
        qty_in_fulfilment: q.in_fulfilment.scaled(),
        price: item.prices.price.ten_thousandths(),
        price_including_tax: item.prices.price_including_tax.ten_thousandths(),
        original_price: item.prices.original_price.map(UnitPrice::ten_thousandths),
        ordered_net: ordered.0,
        ordered_tax: ordered.1,
        ordered_tax_compensation: ordered.2,
        ordered_discount: ordered.3,
        invoiced_net: invoiced.0,
        invoiced_tax: invoiced.1,
        invoiced_tax_compensation: invoiced.2,
        invoiced_discount: invoiced.3,
        refunded_net: refunded.0,
        refunded_tax: refunded.1,
        refunded_tax_compensation: refunded.2,
        refunded_discount: refunded.3,
        canceled_net: canceled.0,
        canceled_tax: canceled.1,
        canceled_tax_compensation: canceled.2,
        canceled_discount: canceled.3,
        options: options_text(item)?,
    })
}

/// The options of an item for its JSON column. Most items have no options, which an empty text represents.
fn options_text(item: &OrderItem) -> Result<String, DatabaseError> {
    let options = OptionsDoc {
        selected: json_column::option_pairs(&item.selected_options),
        entered: json_column::option_pairs(&item.entered_options),
        bundle: json_column::bundle_pairs(&item.bundle_options),
        ships_separately: item.ships_separately,
        links: item.downloadable_links.clone(),
        gift_card: item.gift_card.as_ref().map(Into::into),
    };
    let text = json_column::write(&options)?;
    Ok(if text == "{}" { String::new() } else { text })
}
