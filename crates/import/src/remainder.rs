//! The part of `grand_total` that is left beside items, shipping and credits, and what it is.

use super::balance::{amounts, check_size, unexplained};
use super::exact::{ExactRow, decimal};
use super::explanation::Gap;
use super::field_name::FieldKind;
use super::items::Row;
use super::notes::Notes;
use super::other_fields::{OtherField, other_fields};
use super::payment::read_payment_fee;
use super::raw::Raw;
use super::refused_field::OrderRefusal;
use super::shape::{ExtensionShape, OrderShape};
use super::totals::StatedTotals;

/// The parts of an order that its total is compared with.
pub(super) struct Remainder<'a> {
    pub(super) json: Raw<'a>,
    pub(super) shape: &'a OrderShape<'a>,
    pub(super) extension: &'a ExtensionShape<'a>,
    pub(super) stated: &'a StatedTotals,
    pub(super) price: ExactRow,
}

impl Remainder<'_> {
    /// The fields that explain what the total has beside items, shipping and credits; mostly none. A discount that only
    /// the order has is put on its items.
    ///
    /// In an order that is history, a difference that no field explains gets a note and becomes an amount of its own.
    pub(super) fn explained(
        &self,
        rows: &mut [Row<'_>],
        notes: &mut Notes,
    ) -> Result<Vec<OtherField>, OrderRefusal> {
        let stated = self.stated;
        check_size(&counting(rows), stated.currency)?;
        let amounts = amounts(&counting(rows), self.price, stated.credits);
        let known = amounts
            .iter()
            .fold(0, |sum: i64, amount| sum.saturating_add(*amount));
        let gap = Gap::of(stated.grand_total, amounts, stated.currency);
        if gap.is_closed() {
            return Ok(Vec::new());
        }
        let (tax, discount) = (self.price.tax, self.price.discount);
        let mut fields = other_fields((self.json, self.shape), rows, (tax, discount), notes)?;
        let most = counting(rows).iter().map(|row| row.payable()).sum::<i64>();
        fields.retain(|it| it.kind != FieldKind::Discount || it.parts.iter().all(|part| part.1 <= most));
        if let Some(mut explained) = gap.explained_by(&fields) {
            for field in explained.extract_if(.., |it| it.kind == FieldKind::Discount) {
                put_on_items(field.parts.iter().map(|part| part.1).sum(), rows);
            }
            return Ok(explained);
        }
        let missing = stated.grand_total.saturating_sub(known);
        let amounts = (missing, known, stated.grand_total);
        if let Some(fee) = read_payment_fee(self.shape, self.extension, amounts, notes)? {
            let amount = decimal(missing.into(), stated.currency);
            notes.push(format!(
                "grand_total holds {amount} that only the payment explains: {}",
                fee.label
            ));
            return Ok(vec![fee]);
        }
        let refusal = unexplained(stated.grand_total, known, stated.currency);
        notes.tolerate(refusal)?;
        let (kind, label) = if missing > 0 {
            (FieldKind::Charge, "Other charges")
        } else {
            (FieldKind::Credit, "Other credits")
        };
        Ok(vec![OtherField::of(
            kind,
            "grand_total",
            label,
            missing.saturating_abs(),
        )])
    }
}

/// The exact money of the items that count.
pub(super) fn counting(rows: &[Row<'_>]) -> Vec<ExactRow> {
    let counting = rows.iter().filter(|row| row.counts);
    counting.map(|row| row.exact).collect()
}

/// Divides `discount` among the items that count, in proportion to what they cost.
fn put_on_items(discount: i64, rows: &mut [Row<'_>]) {
    let whole: i128 = rows
        .iter()
        .filter(|row| row.counts)
        .map(|row| i128::from(row.exact.payable()))
        .sum();
    let (mut until, mut given) = (0_i128, 0_i128);
    for row in rows.iter_mut().filter(|row| row.counts) {
        until += i128::from(row.exact.payable());
        let given_until = i128::from(discount) * until / whole.max(1);
        let share = i64::try_from(given_until - given).unwrap_or(0);
        row.exact.discount = row.exact.discount.saturating_add(share);
        given = given_until;
    }
}
