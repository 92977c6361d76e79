//! Reads an order tolerantly: what is unknown stays text, what is absent stays absent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use countermand_domain::Quantity;
use countermand_domain::channel::{
    ChannelCanceledItem, ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelStatus, FulfilledBy,
};
use serde_json::Value;

/// The type of the alias that holds our id of a cancellation.
pub(super) const ALIAS_TYPE: &str = "EXT_CANCEL_ID";
/// The most line items of an order that are read.
const MOST_ITEMS: usize = 1_000;
/// The longest title that is kept, in characters.
const LONGEST_TITLE: usize = 255;
/// The longest word of the channel that is kept, in characters.
const LONGEST_WORD: usize = 64;
/// The reason of a canceled package that had left before.
const UNDELIVERABLE: &str = "UNDELIVERABLE";

/// The order, or what is wrong.
pub(super) fn read(order: &Value) -> Result<ChannelOrder, String> {
    let number = order["id"].as_str().and_then(ChannelOrderNumber::parse);
    let items = order["lineItems"]
        .as_array()
        .ok_or("the order has no line items")?;
    if items.len() > MOST_ITEMS {
        return Err(format!("the order has more than {MOST_ITEMS} line items"));
    }
    let metadata = &order["metadata"];
    Ok(ChannelOrder {
        number: number.ok_or("the order has no usable id")?,
        // Buy with Prime serves one market, and the order does not name it.
        market: None,
        status: status(order),
        // Amazon's warehouses ship for the merchant, who may cancel as long as they have not.
        fulfilled_by: FulfilledBy::Merchant,
        placed_at: instant(&metadata["createdAt"]).ok_or("the order has no usable createdAt")?,
        updated_at: instant(&metadata["updatedAt"]).ok_or("the order has no usable updatedAt")?,
        // How an answer shows the total is not published.
        total: None,
        items: items.iter().map(item).collect::<Result<_, _>>()?,
    })
}

/// The state of our cancellation of the order, word for word; none where the order does not show it.
pub(super) fn state_of_cancellation(order: &Value, id: &str) -> Option<String> {
    let is_ours = |details: &&Value| {
        let aliases = details["aliases"].as_array();
        let is_alias = |it: &Value| it["aliasType"] == ALIAS_TYPE && it["aliasId"] == id;
        aliases.is_some_and(|aliases| aliases.iter().any(is_alias))
    };
    let items = order["lineItems"].as_array()?;
    let mut details = items.iter().flat_map(cancellations);
    let ours = details.find(is_ours)?;
    text(&ours["state"], LONGEST_WORD)
}

/// The status that the packages of the order make up. The order counts as canceled only when each package is.
fn status(order: &Value) -> ChannelStatus {
    let packages: Vec<&Value> = packages(order).collect();
    let states: BTreeSet<&str> = packages.iter().map(|it| state(it)).collect();
    let has = |word: &str| states.contains(word);
    let known = ["PENDING", "IN_TRANSIT", "DELIVERED", "CANCELLED"];
    let unknown = states.iter().find(|word| !known.contains(word));
    let has_left = has("IN_TRANSIT") || has("DELIVERED");
    match unknown {
        Some(word) => ChannelStatus::Other(cut(word, LONGEST_WORD)),
        None if states.is_empty() => {
            let execution = text(&order["metadata"]["executionState"], LONGEST_WORD);
            ChannelStatus::Other(execution.unwrap_or_else(|| "NO_PACKAGE".into()))
        }
        None if has("PENDING") && has_left => ChannelStatus::PartlyShipped,
        // With a canceled package the API cancels nothing more.
        None if has("PENDING") && has("CANCELLED") => ChannelStatus::Other("PARTLY_CANCELLED".into()),
        None if has("PENDING") => ChannelStatus::Unshipped,
        None if has_left => ChannelStatus::Shipped,
        // A package that left and came back as undeliverable is no order that was canceled in time.
        None if packages.iter().any(|it| it["reason"] == UNDELIVERABLE) => ChannelStatus::Unfulfillable,
        None => ChannelStatus::Canceled,
    }
}

fn item(item: &Value) -> Result<ChannelItem, String> {
    let quantity = quantity(&item["amount"]["value"]).ok_or("a line item has no usable amount")?;
    let packages: Vec<&Value> = packages(item).collect();
    let is = |package: &&Value, words: &[&str]| words.contains(&state(package));
    // How many units are in each package is not asked for: once one of them left, the item counts as shipped.
    let has_left = packages.iter().any(|it| is(it, &["IN_TRANSIT", "DELIVERED"]));
    let is_canceled = !packages.is_empty() && packages.iter().all(|it| is(it, &["CANCELLED"]));
    Ok(ChannelItem {
        id: text(&item["id"], LONGEST_WORD).ok_or("a line item has no id")?,
        // How an answer shows the stock keeping unit is not published.
        sku: None,
        name: text(&item["product"]["title"], LONGEST_TITLE).unwrap_or_default(),
        quantity,
        shipped: if has_left { quantity } else { Quantity::ZERO },
        // A shopper's cancellation is one of the channel: the merchant is not asked.
        request: None,
        canceled: is_canceled.then(|| canceled(item, &packages)),
    })
}

/// Who canceled the item, and why: as its last cancellation says, or else as its package does.
fn canceled(item: &Value, packages: &[&Value]) -> ChannelCanceledItem {
    let reason_of_package = packages.iter().find_map(|it| text(&it["reason"], LONGEST_WORD));
    let details = cancellations(item).last();
    let by = details.and_then(|it| text(&it["requestedBy"], LONGEST_WORD));
    let by = by.map(|word| match word.as_str() {
        "SHOPPER" | "CUSTOMER" => "BUYER".to_owned(),
        _ => word,
    });
    ChannelCanceledItem {
        by: by.unwrap_or_else(|| match reason_of_package.as_deref() {
            Some("CUSTOMER_REQUESTED") => "BUYER".into(),
            _ => "CHANNEL".into(),
        }),
        reason: details
            .and_then(|it| text(&it["reason"], LONGEST_WORD))
            .or(reason_of_package),
    }
}

fn packages(of: &Value) -> impl Iterator<Item = &Value> {
    of["packageInformation"]["details"]
        .as_array()
        .into_iter()
        .flatten()
}

fn cancellations(item: &Value) -> impl Iterator<Item = &Value> {
    item["cancellations"]["details"].as_array().into_iter().flatten()
}

fn state(package: &Value) -> &str {
    package["state"].as_str().unwrap_or("UNKNOWN")
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
    Some(instant.to_utc())
}

/// A number of units that is positive.
fn quantity(value: &Value) -> Option<Quantity> {
    let number = value.as_number()?.to_string();
    let number = number.strip_suffix(".0").unwrap_or(&number);
    Quantity::parse(number).ok().filter(|it| it.is_positive())
}

/// The text without the spaces around it; none when nothing is left.
fn text(value: &Value, longest: usize) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| cut(text, longest))
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().filter(|it| !it.is_control()).take(longest).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(packages: &[(&str, &str)]) -> Value {
        let details: Vec<_> = packages
            .iter()
            .map(|(state, reason)| json!({ "id": "p", "state": state, "reason": reason }))
            .collect();
        let information = json!({ "details": details });
        json!({
            "id": "322-ABC1-AAAAAA",
            "metadata": {
                "createdAt": "2026-11-27T06:00:00.123Z", "updatedAt": "2026-11-27T07:00:00Z",
                "executionState": "NOT_STARTED",
            },
            "packageInformation": information,
            "lineItems": [{ "id": "1", "amount": { "value": 2.0 }, "packageInformation": information }],
        })
    }

    #[test]
    fn the_packages_make_up_the_status() {
        let other = |word: &str| ChannelStatus::Other(word.into());
        for (states, expected) in [
            (&["PENDING", "PENDING"][..], ChannelStatus::Unshipped),
            (&["PENDING", "IN_TRANSIT"], ChannelStatus::PartlyShipped),
            (&["IN_TRANSIT", "DELIVERED"], ChannelStatus::Shipped),
            (&["DELIVERED", "CANCELLED"], ChannelStatus::Shipped),
            (&["CANCELLED", "CANCELLED"], ChannelStatus::Canceled),
            (&["PENDING", "CANCELLED"], other("PARTLY_CANCELLED")),
            (&["CANCELLED", "ON_A_DRONE"], other("ON_A_DRONE")),
            (&[], other("NOT_STARTED")),
        ] {
            let packages: Vec<_> = states.iter().map(|state| (*state, "")).collect();
            let read = read(&order(&packages)).expect("an order");
            assert_eq!(read.status, expected, "{states:?}");
        }
    }

    #[test]
    fn an_undeliverable_package_is_not_a_cancellation() {
        let read = read(&order(&[("CANCELLED", UNDELIVERABLE)])).expect("an order");
        assert_eq!(read.status, ChannelStatus::Unfulfillable);
    }

    #[test]
    fn an_item_is_shipped_with_its_first_package_and_canceled_with_all() {
        let item = |packages: &[(&str, &str)]| read(&order(packages)).expect("an order").items.remove(0);
        let split = item(&[("PENDING", ""), ("IN_TRANSIT", "")]);
        assert_eq!((split.shipped, split.canceled), (Quantity::whole(2), None));
        let gone = item(&[("CANCELLED", "CUSTOMER_REQUESTED")]);
        let canceled = gone.canceled.expect("a canceled item");
        assert_eq!(gone.shipped, Quantity::ZERO);
        assert_eq!(
            (canceled.by.as_str(), canceled.reason.as_deref()),
            ("BUYER", Some("CUSTOMER_REQUESTED"))
        );
        assert_eq!(item(&[]).canceled, None);
    }

    #[test]
    fn an_order_that_breaks_the_contract_is_not_read() {
        for (field, value) in [
            ("id", json!(null)),
            ("id", json!("two words")),
            ("lineItems", json!(null)),
            ("lineItems", json!([{ "id": "1", "amount": { "value": 0 } }])),
            ("lineItems", json!([{ "amount": { "value": 1 } }])),
            ("metadata", json!({ "createdAt": "yesterday" })),
        ] {
            let mut order = order(&[("PENDING", "")]);
            order[field] = value.clone();
            assert!(read(&order).is_err(), "{field}: {value}");
        }
    }
}
