//! Reads what a shopper chose or typed for an item. Shapes differ from shop to shop; unknown shapes are left out.

use countermand_domain::{BundleOption, GiftCardDetail, ProductOption, ProductType};
use serde_json::Value;

use super::fitted::{is_control_in_prose, readable};
use super::notes::Notes;
use super::raw::{LINE, PROSE};
use super::refused_field::OrderRefusal;
use super::shape::ItemShape;

/// The options of an item.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) selected: Vec<ProductOption>,
    pub(super) entered: Vec<ProductOption>,
    pub(super) bundle: Vec<BundleOption>,
    pub(super) links: Vec<String>,
    pub(super) gift_card: Option<GiftCardDetail>,
}

/// Reads `product_option.extension_attributes` (REST) and `product_options`
/// (the column of exports), as far as they hold labels.
pub(super) fn read_options(
    item: &ItemShape<'_>,
    kind: ProductType,
    notes: &mut Notes,
) -> Result<Options, OrderRefusal> {
    let mut options = Options::default();
    if let Some(option) = item.product_option.loosely::<Value>() {
        let given = &option["extension_attributes"];
        let lists = [&given["configurable_item_options"], &given["custom_options"]];
        read_labels(&mut options, &lists, notes)?;
        options
            .bundle
            .extend(read_bundle(&given["bundle_options"], notes)?);
        options.links.extend(read_links(
            &given["downloadable_option"]["downloadable_links"],
            notes,
        )?);
        options.gift_card = read_gift_card(&given["giftcard_item_option"], notes)?;
    }
    if let Some(kept) = item.product_options.loosely::<Value>() {
        let kept = parsed(kept);
        read_labels(&mut options, &[&kept["attributes_info"], &kept["options"]], notes)?;
        options
            .bundle
            .extend(read_bundle(&kept["bundle_options"], notes)?);
        options.links.extend(read_links(&kept["links"], notes)?);
        if options.gift_card.is_none() {
            options.gift_card = read_gift_card(&kept, notes)?;
        }
    }
    if kind == ProductType::GiftCard {
        options.gift_card.get_or_insert_default();
    }
    Ok(options)
}

/// Whether the parts of a bundle are shipped one by one; none where `product_options` does not tell. Adobe's REST API
/// omits this.
pub(super) fn ships_separately(item: &ItemShape<'_>) -> Option<bool> {
    let kept = item.product_options.loosely::<Value>().map(parsed)?;
    let kept = &kept["shipment_type"];
    match kept.as_i64().or_else(|| kept.as_str()?.parse().ok()) {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    }
}

/// The options of a table's export, where the JSON of the column is a text.
fn parsed(kept: Value) -> Value {
    let inner = kept.as_str().and_then(|json| serde_json::from_str(json).ok());
    inner.unwrap_or(kept)
}

/// Reads `[{label, value}]`. The type of an option tells whether the shopper typed the value.
fn read_labels(options: &mut Options, lists: &[&Value], notes: &mut Notes) -> Result<(), OrderRefusal> {
    for entry in lists.iter().flat_map(|list| entries(list)) {
        let shown = text(&entry["print_value"], notes)?;
        let value = if shown.is_some() {
            shown
        } else {
            text(&entry["value"], notes)?
        };
        let (Some(label), Some(value)) = (line(&entry["label"], notes)?, value) else {
            continue;
        };
        let option = ProductOption { label, value };
        match entry["option_type"].as_str() {
            None | Some("drop_down" | "radio" | "checkbox" | "multiple") => options.selected.push(option),
            Some(_) => options.entered.push(option),
        }
    }
    Ok(())
}

/// Reads `[{label, value: [{title}]}]`.
fn read_bundle(list: &Value, notes: &mut Notes) -> Result<Vec<BundleOption>, OrderRefusal> {
    let mut bundle = Vec::new();
    for entry in entries(list) {
        if let Some(label) = line(&entry["label"], notes)? {
            let values = read_links(&entry["value"], notes)?;
            bundle.push(BundleOption { label, values });
        }
    }
    Ok(bundle)
}

/// Reads `[{title}]`.
fn read_links(list: &Value, notes: &mut Notes) -> Result<Vec<String>, OrderRefusal> {
    let mut titles = Vec::new();
    for entry in entries(list) {
        titles.extend(line(&entry["title"], notes)?);
    }
    Ok(titles)
}

fn read_gift_card(given: &Value, notes: &mut Notes) -> Result<Option<GiftCardDetail>, OrderRefusal> {
    let detail = GiftCardDetail {
        sender_name: line(&given["giftcard_sender_name"], notes)?,
        sender_email: line(&given["giftcard_sender_email"], notes)?,
        recipient_name: line(&given["giftcard_recipient_name"], notes)?,
        recipient_email: line(&given["giftcard_recipient_email"], notes)?,
        message: text(&given["giftcard_message"], notes)?,
    };
    Ok((detail != GiftCardDetail::default()).then_some(detail))
}

/// The entries of a list; PHP writes a list with gaps as an object.
fn entries(list: &Value) -> Vec<&Value> {
    match list {
        Value::Array(entries) => entries.iter().collect(),
        Value::Object(entries) => entries.values().collect(),
        _ => Vec::new(),
    }
}

fn line(value: &Value, notes: &mut Notes) -> Result<Option<String>, OrderRefusal> {
    limited(value, LINE, char::is_control, notes)
}

fn text(value: &Value, notes: &mut Notes) -> Result<Option<String>, OrderRefusal> {
    limited(value, PROSE, is_control_in_prose, notes)
}

fn limited(
    value: &Value,
    longest: usize,
    unreadable: impl Fn(char) -> bool,
    notes: &mut Notes,
) -> Result<Option<String>, OrderRefusal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Ok(None),
    };
    readable("product_option", &text, longest, unreadable, notes)
}

#[cfg(test)]
mod tests {
    use super::super::raw::Raw;
    use super::*;

    fn options(rest: &str, kept: &str) -> Options {
        let item = ItemShape {
            product_option: Raw::new(rest),
            product_options: Raw::new(kept),
            ..ItemShape::default()
        };
        read_options(&item, ProductType::Simple, &mut Notes::default()).expect("readable options")
    }

    #[test]
    fn labels_are_taken_and_bare_ids_are_left_out() {
        let rest = r#"{"extension_attributes": {
            "configurable_item_options": [{"option_id": "93", "option_value": 56}],
            "downloadable_option": {"downloadable_links": [7, {"title": "Part one"}]},
            "giftcard_item_option": {"giftcard_sender_name": "Ann", "giftcard_message": "Hi\nyou"}}}"#;
        let kept = r#"{"attributes_info": [{"label": "Color", "value": "Red"}],
            "options": [{"label": "Text", "value": "For Bo", "option_type": "field"}],
            "bundle_options": {"3": {"label": "Case", "value": [{"title": "Black", "qty": 1}]}}}"#;
        let read = options(rest, kept);
        assert_eq!(
            read.selected,
            [ProductOption {
                label: "Color".into(),
                value: "Red".into()
            }]
        );
        assert_eq!(
            read.entered,
            [ProductOption {
                label: "Text".into(),
                value: "For Bo".into()
            }]
        );
        assert_eq!(
            read.bundle,
            [BundleOption {
                label: "Case".into(),
                values: vec!["Black".into()]
            }]
        );
        assert_eq!(read.links, ["Part one"]);
        assert_eq!(read.gift_card.and_then(|it| it.message), Some("Hi\nyou".into()));
    }

    #[test]
    fn unknown_shapes_are_ignored() {
        for shape in [
            "[]",
            "5",
            r#""plain text""#,
            r#"{"options": {"label": 5}}"#,
            r#"{"options": [[[]]]}"#,
        ] {
            let read = options(shape, shape);
            assert!(
                read.selected.is_empty() && read.bundle.is_empty() && read.gift_card.is_none(),
                "{shape}"
            );
        }
    }
}
