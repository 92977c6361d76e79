//! The fields that may explain a part of `grand_total` that neither items, shipping nor credits explain: charges and
//! credits of Adobe's own modules, of payment methods and of extensions.

use std::collections::BTreeMap;

use super::field_name::{self, FieldKind};
use super::items::Row;
use super::notes::{Notes, within};
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::OrderShape;

/// The most fields that are tried together.
const MOST_FIELDS: usize = 24;
/// The most fields that are collected before the likely ones are chosen.
const MOST_COLLECTED: usize = 1_000;
/// How deep fields lie in `extension_attributes` at most.
const DEPTH: u8 = 4;

/// Fields of Adobe's order that are read elsewhere, that are totals, or that are no money.
const OWN_FIELDS: &[&str] = &[
    "adjustment_negative",
    "adjustment_positive",
    "coupon_code",
    "customer_balance_amount",
    "customer_balance_total_refunded",
    "discount_amount",
    "discount_description",
    "discount_tax_compensation_amount",
    "gift_cards_amount",
    "grand_total",
    "payment_authorization_amount",
    "reward_currency_amount",
    "shipping_amount",
    "shipping_discount_amount",
    "shipping_discount_tax_compensation_amount",
    "shipping_incl_tax",
    "shipping_tax_amount",
    "subtotal",
    "subtotal_incl_tax",
    "tax_amount",
    "total_due",
    "total_item_count",
    "total_offline_refunded",
    "total_online_refunded",
    "total_paid",
];

/// Parts of `extension_attributes` that are read elsewhere, or that repeat other parts of the order.
const OWN_PARTS: &[&str] = &[
    "applied_taxes",
    "company_order_attributes",
    "gift_cards",
    "gift_message",
    "item_applied_taxes",
    "payment_additional_info",
    "sales_channel",
    "shipping_assignments",
    "taxes",
    "tenders",
];

/// A field or a group of fields that may explain a part of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OtherField {
    pub(super) kind: FieldKind,
    pub(super) code: String,
    pub(super) label: String,
    /// The amounts in ten-thousandths, above zero; of a charge on items with the index of each item.
    pub(super) parts: Vec<(Option<usize>, i64)>,
}

impl OtherField {
    pub(super) fn of(kind: FieldKind, code: &str, label: &str, amount: i64) -> Self {
        Self {
            kind,
            code: code.into(),
            label: label.into(),
            parts: vec![(None, amount)],
        }
    }

    /// The amounts as the total has them: credits and discounts are below zero.
    pub(super) fn signed(&self) -> impl Iterator<Item = i64> {
        let sign = if self.kind == FieldKind::Charge { 1 } else { -1 };
        self.parts.iter().map(move |(_, amount)| sign * amount)
    }
}

/// The fields of the order `json`, the likely ones first. A field that is not an amount is left out.
pub(super) fn other_fields(
    (json, shape): (Raw<'_>, &OrderShape<'_>),
    rows: &[Row<'_>],
    (shipping_tax, shipping_discount): (i64, i64),
    notes: &mut Notes,
) -> Result<Vec<OtherField>, OrderRefusal> {
    let mut fields: Vec<OtherField> = Vec::new();
    fields.extend(product_tax(rows, notes)?);
    let of_rows = |part: fn(&Row<'_>) -> i64| rows.iter().filter(|row| row.counts).map(part).sum::<i64>();
    let mut found = Vec::new();
    let parts: BTreeMap<String, Raw<'_>> = json.object("order")?.unwrap_or_default();
    for (name, value) in &parts {
        if name == "extension_attributes" {
            collect_object(*value, DEPTH, &mut found);
        } else if !OWN_FIELDS.contains(&name.as_str()) {
            collect_amount(name, *value, &mut found);
        }
    }
    let is_known = |field: &OtherField| field_name::known_label(&field.code).is_some();
    let (known, unknown): (Vec<_>, Vec<_>) = without_repetitions(found).into_iter().partition(is_known);
    fields.extend(known);
    let tax = shape.tax_amount.magnitude("tax_amount", notes)?.unwrap_or(0);
    let tax = tax
        .saturating_sub(of_rows(|row| row.exact.tax))
        .saturating_sub(shipping_tax);
    if tax > 0 {
        fields.push(OtherField::of(FieldKind::Charge, "tax_amount", "Tax", tax));
    }
    let discount = shape
        .discount_amount
        .magnitude("discount_amount", notes)?
        .unwrap_or(0);
    let discount = discount
        .saturating_sub(of_rows(|row| row.exact.discount))
        .saturating_sub(shipping_discount);
    if discount > 0 {
        fields.push(OtherField::of(
            FieldKind::Discount,
            "discount_amount",
            "Discount",
            discount,
        ));
    }
    fields.extend(unknown);
    fields.truncate(MOST_FIELDS);
    Ok(fields)
}

/// The fields, each once: extensions write the same field to the order and to its `extension_attributes`.
fn without_repetitions(found: Vec<OtherField>) -> Vec<OtherField> {
    let mut fields: Vec<OtherField> = Vec::with_capacity(found.len());
    for field in found {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

/// The fixed product tax of all items whose money counts.
fn product_tax(rows: &[Row<'_>], notes: &mut Notes) -> Result<Option<OtherField>, OrderRefusal> {
    let code = "weee_tax_applied_row_amount";
    let mut parts = Vec::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.counts) {
        let amount = within(format_args!("items[{index}]"), notes, |notes| {
            row.shape.weee_tax_applied_row_amount.amount(code, notes)
        })?;
        parts.extend(
            amount
                .filter(|amount| *amount > 0)
                .map(|amount| (Some(index), amount)),
        );
    }
    Ok((!parts.is_empty()).then(|| OtherField {
        kind: FieldKind::Charge,
        code: code.into(),
        label: "Fixed product tax".into(),
        parts,
    }))
}

/// Collects the amounts of an object, or of the entries of a list. An entry with a code or a title is one amount.
fn collect_object(value: Raw<'_>, depth: u8, found: &mut Vec<OtherField>) {
    if depth == 0 {
        return;
    }
    if let Ok(Some(parts)) = value.object::<BTreeMap<String, Raw<'_>>>("") {
        if let Some(entry) = titled_entry(&parts) {
            if found.len() < MOST_COLLECTED {
                found.push(entry);
            }
            return;
        }
        for (name, value) in &parts {
            if value.is_structure() {
                if !OWN_PARTS.contains(&name.as_str()) {
                    collect_object(*value, depth - 1, found);
                }
            } else if !OWN_FIELDS.contains(&name.as_str()) {
                collect_amount(name, *value, found);
            }
        }
    } else if let Ok(entries) = value.list("") {
        for entry in entries {
            collect_object(entry, depth - 1, found);
        }
    }
}

/// An entry such as `{"code": "fooman_surcharge", "title": "Surcharge", "amount": 3}`, as lists of totals have them.
fn titled_entry(parts: &BTreeMap<String, Raw<'_>>) -> Option<OtherField> {
    let text = |names: &[&str]| {
        let mut texts = names.iter().filter_map(|name| {
            let text = parts.get(*name)?.text(name, LINE, &mut Notes::default()).ok()??;
            (!text.trim().is_empty()).then_some(text)
        });
        texts.next()
    };
    let code = text(&["code", "type_id", "type", "id"]);
    let label = text(&["label", "title", "name"]);
    let (Some(code), Some(label)) = (code.clone().or_else(|| label.clone()), label.or(code)) else {
        return None;
    };
    let mut amounts = ["amount", "value", "fee", "price"].into_iter();
    let name = amounts.find(|name| parts.contains_key(*name))?;
    let totals = ["grand_total", "shipping", "subtotal", "tax", "discount"];
    if totals.contains(&code.as_str()) {
        return None;
    }
    let (amount, is_negative) = parts.get(name)?.signed_amount()?;
    (amount > 0).then(|| OtherField::of(field_name::kind(&code, is_negative), &code, &label, amount))
}

/// Collects a field whose name says that it is money of the order.
fn collect_amount(name: &str, value: Raw<'_>, found: &mut Vec<OtherField>) {
    if name.len() > LINE || found.len() >= MOST_COLLECTED || !field_name::is_money(name) {
        return;
    }
    if let Some((amount, is_negative)) = value.signed_amount()
        && amount > 0
    {
        let kind = field_name::kind(name, is_negative);
        found.push(OtherField::of(kind, name, &field_name::label(name), amount));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Vec<(FieldKind, String, String, i64)> {
        let mut found = Vec::new();
        collect_object(Raw::new(json), DEPTH, &mut found);
        let field = |it: OtherField| (it.kind, it.code, it.label, it.parts[0].1);
        found.into_iter().map(field).collect()
    }

    #[test]
    fn fields_with_money_in_their_names_are_found() {
        use FieldKind::{Charge, Credit, Discount};
        for (json, kind, code, label) in [
            (
                r#"{"mollie_payment_fee": 3}"#,
                Charge,
                "mollie_payment_fee",
                "Payment fee",
            ),
            (
                r#"{"mp_cod_fee_amount": "3.0000"}"#,
                Charge,
                "mp_cod_fee_amount",
                "Mp cod fee",
            ),
            (
                r#"{"amstorecredit_amount": 3}"#,
                Credit,
                "amstorecredit_amount",
                "Amstorecredit",
            ),
            (
                r#"{"aw_giftcard_amount": -3}"#,
                Credit,
                "aw_giftcard_amount",
                "Aw giftcard",
            ),
            (
                r#"{"reward_discount": -3}"#,
                Credit,
                "reward_discount",
                "Reward discount",
            ),
            (
                r#"{"club_discount_amount": -3}"#,
                Discount,
                "club_discount_amount",
                "Club discount",
            ),
            (
                r#"{"a": {"b": [{"code": "fooman", "label": "Surcharge", "amount": 3}]}}"#,
                Charge,
                "fooman",
                "Surcharge",
            ),
            (
                r#"{"total_segments": [{"code": "subtotal", "title": "Subtotal", "value": 9}, {"code": "cod", "title": "COD", "value": 3}]}"#,
                Charge,
                "cod",
                "COD",
            ),
        ] {
            let expected = (kind, code.to_owned(), label.to_owned(), 30_000);
            assert_eq!(found(json), [expected], "{json}");
        }
    }

    #[test]
    fn other_fields_are_left_out() {
        for json in [
            r#"{"base_mollie_payment_fee": 3, "fee_id": 3, "delivery_slot": 3, "mollie_payment_fee_invoiced": 3}"#,
            r#"{"fee": "free", "tip": 0, "charge": [], "price": {}, "cost": null, "tax": true}"#,
            r#"{"shipping_assignments": [{"shipping": {"fee": 3}}], "gift_cards": [{"code": "A", "amount": 3}]}"#,
            r#"[[[[[[{"fee": 3}]]]]]]"#,
            "5",
        ] {
            assert_eq!(found(json), [], "{json}");
        }
    }
}
