//! Reads the items of an order: quantities and exact amounts, and makes the finished items.

use countermand_domain::{
    Currency, ItemPosition, ItemPrices, ItemQuantities, OrderItem, OrderState, ProductType, RowMoney,
    UnitPrice,
};

use super::exact::ExactRow;
use super::family::parents;
use super::family_quantities::settle_families;
use super::notes::{Notes, within};
use super::options::{read_options, ships_separately};
use super::progress::progress;
use super::quantities::{read_quantities, settle_quantities};
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::ItemShape;
use super::whose_money_counts::counting;

/// The most items of an order, because positions have four digits.
const MOST_ITEMS: usize = 9_999;
/// The longest SKU, in characters: Adobe joins the SKUs of a bundle's parts to one of this length at most.
const LONGEST_SKU: usize = 255;

/// An item whose amounts are not rounded yet.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) shape: ItemShape<'a>,
    pub(super) product_type: ProductType,
    pub(super) parent: Option<usize>,
    pub(super) counts: bool,
    pub(super) is_virtual: bool,
    pub(super) quantities: ItemQuantities,
    pub(super) exact: ExactRow,
}

/// Reads the items in the order given. `notes` tells which quantities contradict each other in an order that is
/// history.
pub(super) fn read_rows<'a>(
    items: Raw<'a>,
    state: OrderState,
    notes: &mut Notes,
) -> Result<Vec<Row<'a>>, OrderRefusal> {
    let list = items.list("items")?;
    if list.is_empty() {
        return Err(OrderRefusal::missing("items"));
    }
    if list.len() > MOST_ITEMS {
        let problem = format!("are more than {MOST_ITEMS}");
        return Err(OrderRefusal::new("items", &list.len().to_string(), problem));
    }
    let shapes = shapes(&list)?;
    let parents = parents(&shapes, notes)?;
    let mut rows = Vec::with_capacity(shapes.len());
    for (index, (shape, parent)) in shapes.into_iter().zip(&parents).enumerate() {
        let section = format_args!("items[{index}]");
        rows.push(within(section, notes, |notes| read_row(shape, *parent, notes))?);
    }
    let types: Vec<_> = rows.iter().map(|row| row.product_type).collect();
    let row_totals: Vec<_> = rows.iter().map(|row| row.exact.net).collect();
    for (row, counts) in rows.iter_mut().zip(counting(&types, &parents, &row_totals)) {
        row.counts = counts;
    }
    settle_families(&mut rows);
    for (index, row) in rows.iter_mut().enumerate() {
        let section = format_args!("items[{index}]");
        within(section, notes, |notes| {
            settle_quantities(&mut row.quantities, state, notes)
        })?;
    }
    Ok(rows)
}

fn shapes<'a>(list: &[Raw<'a>]) -> Result<Vec<ItemShape<'a>>, OrderRefusal> {
    let shape = |(index, item): (usize, &Raw<'a>)| {
        let field = format!("items[{index}]");
        item.object(&field)?.ok_or_else(|| OrderRefusal::missing(&field))
    };
    list.iter().enumerate().map(shape).collect()
}

fn read_row<'a>(
    shape: ItemShape<'a>,
    parent: Option<usize>,
    notes: &mut Notes,
) -> Result<Row<'a>, OrderRefusal> {
    let product_type = shape.product_type.code("product_type", LINE, notes)?;
    let product_type = product_type.map_or(ProductType::Simple, |code| ProductType::from_code(&code));
    let mut exact = ExactRow {
        net: shape.row_total.amount("row_total", notes)?.unwrap_or(0),
        tax: shape.tax_amount.amount("tax_amount", notes)?.unwrap_or(0),
        tax_compensation: shape
            .discount_tax_compensation_amount
            .amount("discount_tax_compensation_amount", notes)?
            .unwrap_or(0),
        discount: shape
            .discount_amount
            .magnitude("discount_amount", notes)?
            .unwrap_or(0),
    };
    let (field, given) = ("discount_amount", shape.discount_amount);
    exact.limit_discount(field, given, "is more than the row comes to", notes)?;
    let sends_nothing = matches!(product_type, ProductType::Virtual | ProductType::Downloadable);
    Ok(Row {
        quantities: read_quantities(&shape, notes)?,
        is_virtual: shape.is_virtual.flag("is_virtual")?.unwrap_or(sends_nothing),
        product_type,
        parent,
        counts: true,
        exact,
        shape,
    })
}

/// Makes the finished items; `counting` holds the rounded money of the items that count.
pub(super) fn finish_rows(
    rows: &[Row<'_>],
    counting: Vec<RowMoney>,
    currency: Currency,
    notes: &mut Notes,
) -> Result<Vec<OrderItem>, OrderRefusal> {
    let mut counting = counting.into_iter();
    let mut items = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let counted = if row.counts { counting.next() } else { None };
        let ordered = counted.unwrap_or_else(|| row.exact.half_up(currency));
        let section = format_args!("items[{index}]");
        items.push(within(section, notes, |notes| {
            finish_row(row, index, ordered, notes)
        })?);
    }
    Ok(items)
}

fn finish_row(
    row: &Row<'_>,
    index: usize,
    ordered: RowMoney,
    notes: &mut Notes,
) -> Result<OrderItem, OrderRefusal> {
    let shape = &row.shape;
    let sku = shape.sku.text("sku", LONGEST_SKU, notes)?;
    if sku.is_none() {
        notes.tolerate(OrderRefusal::missing("sku"))?;
    }
    let sku = sku.unwrap_or_default();
    let name = shape.name.text("name", LINE, notes)?;
    let progress = progress(row, ordered, notes)?;
    let options = read_options(shape, row.product_type, notes)?;
    let mut item = OrderItem::new(
        position(index),
        &sku,
        name.as_deref().unwrap_or(&sku),
        row.quantities.ordered,
        ordered,
    );
    item.parent = row.parent.map(position);
    item.external_id = shape.item_id.id("item_id")?;
    item.product_type = row.product_type;
    item.is_virtual = row.is_virtual;
    item.counts = row.counts;
    item.quantities = row.quantities;
    item.prices = read_prices(shape, notes)?;
    item.invoiced = progress.invoiced;
    item.refunded = progress.refunded;
    item.canceled = progress.canceled;
    item.selected_options = options.selected;
    item.entered_options = options.entered;
    item.ships_separately = ships_separately(shape).filter(|_| row.product_type == ProductType::Bundle);
    item.bundle_options = options.bundle;
    item.downloadable_links = options.links;
    item.gift_card = options.gift_card;
    Ok(item)
}

fn read_prices(shape: &ItemShape<'_>, notes: &mut Notes) -> Result<ItemPrices, OrderRefusal> {
    let price = shape.price.shown("price", notes)?.unwrap_or(0);
    let including_tax = shape
        .price_incl_tax
        .shown("price_incl_tax", notes)?
        .unwrap_or(price);
    let original = shape.original_price.shown("original_price", notes)?;
    Ok(ItemPrices {
        price: UnitPrice::from_ten_thousandths(price),
        price_including_tax: UnitPrice::from_ten_thousandths(including_tax),
        original_price: original.map(UnitPrice::from_ten_thousandths),
    })
}

fn position(index: usize) -> ItemPosition {
    ItemPosition(i32::try_from(index + 1).unwrap_or(i32::MAX))
}
