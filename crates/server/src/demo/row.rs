//! A row of an order: what it costs and how far it got.

use serde_json::Value;

use super::catalog::Kind;
use super::draft::Draft;
use super::money::share;
use super::situation::Progress;

/// A row; amounts in minor units.
#[derive(Debug)]
pub(super) struct Row {
    /// Index of the configurable or bundle it belongs to.
    pub(super) parent: Option<usize>,
    pub(super) product_id: i64,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether its amounts count: of a bundle without a price of its own, only those of the parts do.
    pub(super) counts: bool,
    /// Of one unit, without tax.
    pub(super) price: i64,
    pub(super) quantity: i64,
    /// In hundredths of a per cent.
    pub(super) tax_rate: i64,
    /// Without tax, before the discount.
    pub(super) net: i64,
    pub(super) discount: i64,
    pub(super) tax: i64,
    pub(super) progress: Progress,
    /// What was chosen, as Adobe keeps it with the row.
    pub(super) options: Value,
}

impl Row {
    /// With tax, as if nothing were discounted.
    pub(super) fn net_with_tax(&self) -> i64 {
        self.net + share(self.net, self.tax_rate, 10_000)
    }

    /// The invoiced part of an amount of this row.
    pub(super) fn invoiced(&self, amount: i64) -> i64 {
        share(amount, self.progress.invoiced, self.quantity)
    }

    /// The refunded part of an amount of this row.
    pub(super) fn refunded(&self, amount: i64) -> i64 {
        share(
            self.invoiced(amount),
            self.progress.refunded,
            self.progress.invoiced,
        )
    }
}

/// Discounts and taxes the rows that count; a bundle priced by its parts shows their sums.
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
        // A gift card is money: taxed when it is spent.
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

/// Moves top-level rows on, and what belongs to them in proportion.
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
