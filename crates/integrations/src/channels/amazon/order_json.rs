//! Reads an order of the Orders API 2026-01-01 tolerantly: what is unknown stays text, what is absent stays absent.

use chrono::{DateTime, Utc};
use countermand_domain::Quantity;
use countermand_domain::channel::{
    ChannelCanceledItem, ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelRequest, ChannelStatus,
    FulfilledBy,
};
use serde_json::Value;

/// The most items of an order that are read.
const MOST_ITEMS: usize = 1_000;
/// The most units of an item that are read.
const MOST_UNITS: i64 = 10_000_000;
/// The longest free text that is kept, in characters.
const LONGEST_TEXT: usize = 500;
/// The longest word of the channel that is kept, in characters.
const LONGEST_WORD: usize = 64;

/// The order, or its number, where it is known, and what is wrong.
pub(super) fn read(order: &Value) -> Result<ChannelOrder, (String, String)> {
    let shown = text(&order["orderId"], LONGEST_WORD).unwrap_or_default();
    read_order(order).map_err(|what| (shown, what))
}

fn read_order(order: &Value) -> Result<ChannelOrder, String> {
    let number = order["orderId"].as_str().and_then(ChannelOrderNumber::parse);
    let fulfilment = &order["fulfillment"];
    let items = order["orderItems"].as_array().ok_or("the order has no items")?;
    if items.len() > MOST_ITEMS {
        return Err(format!("the order has more than {MOST_ITEMS} items"));
    }
    let marketplace = &order["salesChannel"]["marketplaceId"];
    let total = &order["proceeds"]["grandTotal"];
    Ok(ChannelOrder {
        number: number.ok_or("the order has no usable number")?,
        market: text(marketplace, LONGEST_WORD).map(|id| market(&id).map_or(id, str::to_owned)),
        status: status(
            fulfilment["fulfillmentStatus"]
                .as_str()
                .ok_or("the order has no status")?,
        ),
        // An order whose fulfiller is not known is only read, as those that Amazon ships.
        fulfilled_by: match fulfilment["fulfilledBy"].as_str() {
            Some("MERCHANT") => FulfilledBy::Merchant,
            _ => FulfilledBy::Channel,
        },
        placed_at: instant(&order["createdTime"]).ok_or("the order has no usable createdTime")?,
        updated_at: instant(&order["lastUpdatedTime"]).ok_or("the order has no usable lastUpdatedTime")?,
        total: text(&total["amount"], LONGEST_WORD).zip(text(&total["currencyCode"], 3)),
        items: items.iter().map(item).collect::<Result<_, _>>()?,
    })
}

fn item(item: &Value) -> Result<ChannelItem, String> {
    let product = &item["product"];
    let fulfilled = &item["fulfillment"]["quantityFulfilled"];
    let (request, canceled) = (
        &item["cancellation"]["cancellationRequest"],
        &item["cancellation"]["cancellationExecution"],
    );
    Ok(ChannelItem {
        id: text(&item["orderItemId"], LONGEST_WORD).ok_or("an item has no orderItemId")?,
        sku: text(&product["sellerSku"], LONGEST_WORD),
        name: text(&product["title"], LONGEST_TEXT).unwrap_or_default(),
        quantity: units(&item["quantityOrdered"]).ok_or("an item has no usable quantityOrdered")?,
        shipped: if fulfilled.is_null() {
            Quantity::ZERO
        } else {
            units(fulfilled).ok_or("an item has no usable quantityFulfilled")?
        },
        request: request.is_object().then(|| ChannelRequest {
            id: None,
            reason: text(&request["cancelReason"], LONGEST_TEXT),
        }),
        canceled: canceled.is_object().then(|| ChannelCanceledItem {
            by: match canceled["cancelledBy"].as_str() {
                Some("AMAZON") | None => "CHANNEL".into(),
                Some(word) => cut(word, LONGEST_WORD),
            },
            reason: text(&canceled["cancelReason"], LONGEST_TEXT),
        }),
    })
}

/// The status of the word. Amazon writes `CANCELLED`.
fn status(word: &str) -> ChannelStatus {
    match word {
        "PENDING" | "PENDING_AVAILABILITY" => ChannelStatus::Pending,
        "UNSHIPPED" => ChannelStatus::Unshipped,
        "PARTIALLY_SHIPPED" => ChannelStatus::PartlyShipped,
        "SHIPPED" => ChannelStatus::Shipped,
        "CANCELLED" => ChannelStatus::Canceled,
        "UNFULFILLABLE" => ChannelStatus::Unfulfillable,
        other => ChannelStatus::Other(cut(other, LONGEST_WORD)),
    }
}

/// The marketplaces, and the markets that they are.
const MARKETS: [(&str, &str); 12] = [
    ("A1PA6795UKMFR9", "DE"),
    ("A1805IZSGTT6HS", "NL"),
    ("A2NODRKZP88ZB9", "SE"),
    ("AMEN7PMS3EDWL", "BE"),
    ("A13V1IB3VIYZZH", "FR"),
    ("APJ6JRA9NG5V4", "IT"),
    ("A1RKKUPIHCS9HS", "ES"),
    ("A1C3SOZRARQ6R3", "PL"),
    ("A28R8C7NBKEWEA", "IE"),
    ("A1F83G8C2ARO7P", "GB"),
    ("ATVPDKIKX0DER", "US"),
    ("A1VC38T7YXB528", "JP"),
];

/// The market of a marketplace; none when this version does not know the marketplace.
fn market(marketplace: &str) -> Option<&'static str> {
    MARKETS
        .iter()
        .find(|(id, _)| *id == marketplace)
        .map(|(_, market)| *market)
}

/// The marketplace of a market; none when this version does not know it.
pub(super) fn marketplace(market: &str) -> Option<&'static str> {
    MARKETS
        .iter()
        .find(|(_, name)| *name == market)
        .map(|(id, _)| *id)
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
    Some(instant.to_utc())
}

fn units(value: &Value) -> Option<Quantity> {
    let units = value.as_i64().filter(|units| (0..=MOST_UNITS).contains(units))?;
    Some(Quantity::whole(units))
}

/// The text without the spaces around it; none when nothing is left.
fn text(value: &Value, longest: usize) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| cut(text, longest))
}

fn cut(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|it| !it.is_control() || *it == '\n')
        .take(longest)
        .collect()
}
