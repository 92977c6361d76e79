//! An item of an order: its amounts and its progress.

use serde_json::Value;

use super::catalog::Kind;
use super::draft::Draft;
use super::money::share;
use super::situation::Progress;

/// An item of an order. Amounts are in minor units.
#[derive(Debug)]
pub(super) struct Row {
    /// The index of the configurable product or bundle to which the item belongs.
    pub(super) parent: Option<usize>,
    pub(super) product_id: i64,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether the amounts of the item count. Of a bundle without a price of its own, only the amounts of the parts
    /// count.
    pub(super) counts: bool,
    /// The price of one unit, without tax.
    pub(super) price: i64,
    pub(super) quantity: i64,
    /// The tax rate in hundredths of a percent.
    pub(super) tax_rate: i64,
    /// The amount of all units, without tax and before the discount.
    pub(super) net: i64,
    pub(super) discount: i64,
    pub(super) tax: i64,
    pub(super) progress: Progress,
    /// The chosen options, as Adobe keeps them with the item.
    pub(super) options: Value,
}

impl Row {
    /// The amount of all units with tax, before the discount.
    pub(super) fn net_with_tax(&self) -> i64 {
        self.net + share(self.net, self.tax_rate, 10_000)
    }

    /// The invoiced part of an amount of this item.
    pub(super) fn invoiced(&self, amount: i64) -> i64 {
        share(amount, self.progress.invoiced, self.quantity)
    }

    /// The refunded part of an amount of this item.
    pub(super) fn refunded(&self, amount: i64) -> i64 {
        share(
            self.invoiced(amount),
            self.progress.refunded,
            self.progress.invoiced,
        )
    }
}

/// Sets the discounts and taxes of the items that count. A bundle without a price of its own shows the sums of its
/// parts.
pub(super) fn price(rows: &mut [Row], draft: &Draft) {
    let tax_rate = draft.buyer.tax_rate(draft.shop);
    let nets: Vec<i64> = rows
        .iter()
        .map(|row| if row.counts { row.net } else { 0 })
        .collect();
    let discounts = match draft.coupon {
        Some(coupon) => coupon.row_discounts(&nets, draft.shop),
        None => vec![0; rows.len()],
    };
    for (row, discount) in rows.iter_mut().zip(discounts) {
        // A gift card has no tax, because the goods that it buys later are taxed.
        row.tax_rate = if row.kind == Kind::GiftCard { 0 } else { tax_rate };
        row.discount = discount;
        row.tax = if row.counts {
            share(row.net - discount, row.tax_rate, 10_000)
        } else {
            0
        };
    }
    for index in 0..rows.len() {
        if !rows[index].counts {
            let parts = || rows.iter().filter(|row| row.parent == Some(index));
            let discount = parts().map(|row| row.discount).sum();
            let tax = parts().map(|row| row.tax).sum();
            rows[index].discount = discount;
            rows[index].tax = tax;
        }
    }
}

/// Sets the progress of the top-level items, and of their parts in proportion.
pub(super) fn advance(rows: &mut [Row], draft: &Draft) {
    let top_level: Vec<usize> = (0..rows.len()).filter(|it| rows[*it].parent.is_none()).collect();
    for (nth, index) in top_level.into_iter().enumerate() {
        let (quantity, is_virtual) = (rows[index].quantity, rows[index].kind.is_virtual());
        let progress = draft.situation.progress(nth, quantity, is_virtual);
        rows[index].progress = progress;
        for part in rows.iter_mut().filter(|row| row.parent == Some(index)) {
            let units = |parents: i64| parents * part.quantity / quantity;
            part.progress = Progress {
                invoiced: units(progress.invoiced),
                shipped: units(progress.shipped),
                canceled: units(progress.canceled),
                refunded: units(progress.refunded),
            };
        }
    }
}
