//! An order as the protocol writes it.

use chrono::{DateTime, Utc};
use countermand_domain::channel::{
    ChannelCanceledItem, ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelRequest, ChannelStatus,
    FulfilledBy,
};
use countermand_domain::money::Quantity;
use serde::Deserialize;
use serde_json::Number;

use crate::http::cut;

/// The largest number of items of an order.
const MOST_ITEMS: usize = 500;
/// The largest number of characters in the id of an item or of a request.
const LONGEST_ID: usize = 128;
/// The largest number of characters that are kept of a buyer's reason.
const LONGEST_REASON: usize = 500;
/// The largest number of characters that are kept of an item's name.
const LONGEST_NAME: usize = 255;
/// The largest number of characters that are kept of a word, such as a market.
const LONGEST_WORD: usize = 64;

/// An order. Fields that are not known are ignored.
#[derive(Deserialize)]
pub(super) struct WireOrder {
    number: String,
    #[serde(default)]
    market: Option<String>,
    status: String,
    fulfilled_by: String,
    placed_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(default)]
    total: Option<WireTotal>,
    items: Vec<WireItem>,
}

#[derive(Deserialize)]
struct WireTotal {
    amount: String,
    currency: String,
}

#[derive(Deserialize)]
struct WireItem {
    id: String,
    #[serde(default)]
    sku: Option<String>,
    name: String,
    quantity: Number,
    #[serde(default)]
    shipped: Option<Number>,
    #[serde(default)]
    request: Option<WireRequest>,
    #[serde(default)]
    cancellation: Option<WireCanceledItem>,
}

#[derive(Deserialize)]
struct WireRequest {
    id: String,
    #[serde(default)]
    reason: Option<String>,
    state: String,
}

#[derive(Deserialize)]
struct WireCanceledItem {
    by: String,
    #[serde(default)]
    reason: Option<String>,
}

impl WireOrder {
    /// The order, or why it cannot be read.
    pub(super) fn order(self) -> Result<ChannelOrder, String> {
        let is_address = |number: &ChannelOrderNumber| !matches!(number.as_str(), "." | "..");
        let number = ChannelOrderNumber::parse(&self.number).filter(is_address);
        let number = number.ok_or("the number is not 1 to 64 printable ASCII characters")?;
        if self.items.len() > MOST_ITEMS {
            return Err(format!("the order has more than {MOST_ITEMS} items"));
        }
        let items: Result<Vec<ChannelItem>, String> = self.items.into_iter().map(WireItem::item).collect();
        let items = items?;
        for (place, item) in items.iter().enumerate() {
            if items.iter().take(place).any(|earlier| earlier.id == item.id) {
                return Err("two items have the same id".to_owned());
            }
        }
        Ok(ChannelOrder {
            number,
            market: self.market.map(|market| cut(&market, LONGEST_WORD)),
            status: ChannelStatus::parse(&cut(&self.status, LONGEST_WORD)),
            // An order that an unknown party ships is only read.
            fulfilled_by: FulfilledBy::parse(&self.fulfilled_by).unwrap_or(FulfilledBy::Channel),
            placed_at: self.placed_at,
            updated_at: self.updated_at,
            total: self.total.map(WireTotal::total).transpose()?,
            items,
        })
    }
}

impl WireTotal {
    fn total(self) -> Result<(String, String), String> {
        let is_decimal = Quantity::parse(&self.amount).is_ok() && self.amount.len() <= 20;
        let is_currency =
            self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if is_decimal && is_currency {
            Ok((self.amount, self.currency))
        } else {
            Err("the total is not an amount such as \"34.00\" with a currency such as \"EUR\"".to_owned())
        }
    }
}

impl WireItem {
    fn item(self) -> Result<ChannelItem, String> {
        let ordered = quantity(&self.quantity)?;
        let shipped = self.shipped.as_ref().map_or(Ok(Quantity::ZERO), quantity)?;
        if shipped > ordered {
            return Err("more is shipped than ordered".to_owned());
        }
        Ok(ChannelItem {
            id: identifier(self.id)?,
            sku: self.sku.map(|sku| cut(&sku, LONGEST_WORD)),
            name: cut(&self.name, LONGEST_NAME),
            quantity: ordered,
            shipped,
            request: self.request.and_then(|it| it.request().transpose()).transpose()?,
            canceled: self.cancellation.map(|it| ChannelCanceledItem {
                by: cut(&it.by, LONGEST_WORD),
                reason: it.reason.map(|reason| cut(&reason, LONGEST_REASON)),
            }),
        })
    }
}

impl WireRequest {
    /// The request while it waits for an answer. A word that is not known may mean that it does.
    fn request(self) -> Result<Option<ChannelRequest>, String> {
        if matches!(self.state.as_str(), "GRANTED" | "DENIED") {
            return Ok(None);
        }
        Ok(Some(ChannelRequest {
            id: Some(identifier(self.id)?),
            reason: self.reason.map(|reason| cut(&reason, LONGEST_REASON)),
        }))
    }
}

/// A quantity: a number with at most four decimals that is not negative.
fn quantity(number: &Number) -> Result<Quantity, String> {
    let quantity = Quantity::parse(&number.to_string()).ok();
    quantity
        .filter(|quantity| *quantity >= Quantity::ZERO)
        .ok_or_else(|| format!("{number} is no quantity"))
}

/// An id that fits into an address.
fn identifier(id: String) -> Result<String, String> {
    let is_fit = (1..=LONGEST_ID).contains(&id.chars().count())
        && !matches!(id.as_str(), "." | "..")
        && !id.chars().any(char::is_control);
    if is_fit {
        Ok(id)
    } else {
        Err("an id of an item or a request is empty or too long".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn order(changes: &Value) -> Result<ChannelOrder, String> {
        let mut order = json!({
            "number": "W-1", "status": "UNSHIPPED", "fulfilled_by": "MERCHANT",
            "placed_at": "2026-11-27T06:00:00Z", "updated_at": "2026-11-27T07:00:00+01:00",
            "items": [{ "id": "1", "name": "Cup", "quantity": 2 }],
        });
        for (field, value) in changes.as_object().expect("an answer") {
            order[field] = value.clone();
        }
        serde_json::from_value::<WireOrder>(order)
            .map_err(|it| it.to_string())?
            .order()
    }

    #[test]
    fn fields_that_are_left_out_are_none_and_unknown_words_are_kept() {
        let read = order(&json!({ "status": "ON_A_SHIP", "fulfilled_by": "ROBOT", "color": "red" }))
            .expect("an answer");
        assert_eq!(read.status, ChannelStatus::Other("ON_A_SHIP".into()));
        assert_eq!(read.fulfilled_by, FulfilledBy::Channel);
        assert_eq!((read.market, read.total), (None, None));
        assert_eq!(read.placed_at, read.updated_at);
        assert_eq!(read.items[0].shipped, Quantity::ZERO);
    }

    #[test]
    fn an_answered_request_is_no_request_and_an_unknown_state_is_an_open_one() {
        let request = |state: &str| {
            let request = json!({ "id": "r", "reason": "Too\u{7} late", "state": state });
            let items = json!([{ "id": "1", "name": "Cup", "quantity": 1, "request": request }]);
            order(&json!({ "items": items })).expect("an answer").items[0]
                .request
                .clone()
        };
        assert_eq!(request("DENIED"), None);
        assert_eq!(request("GRANTED"), None);
        for state in ["OPEN", "ESCALATED"] {
            assert_eq!(
                request(state).expect("an answer").reason.as_deref(),
                Some("Too late"),
                "{state}"
            );
        }
    }

    #[test]
    fn an_order_that_breaks_the_protocol_is_not_read() {
        for changes in [
            json!({ "number": "" }),
            json!({ "number": ".." }),
            json!({ "number": "two words" }),
            json!({ "placed_at": "yesterday" }),
            json!({ "total": { "amount": "many", "currency": "EUR" } }),
            json!({ "total": { "amount": "1.00", "currency": "Euro" } }),
            json!({ "items": [{ "id": "1", "name": "Cup", "quantity": -1 }] }),
            json!({ "items": [{ "id": "1", "name": "Cup", "quantity": "2" }] }),
            json!({ "items": [{ "id": "1", "name": "Cup", "quantity": 1, "shipped": 2 }] }),
            json!({ "items": [{ "id": "", "name": "Cup", "quantity": 1 }] }),
            json!({ "items": [
                { "id": "1", "name": "Cup", "quantity": 1 }, { "id": "1", "name": "Cup", "quantity": 1 }
            ] }),
        ] {
            assert!(order(&changes).is_err(), "{changes}");
        }
    }
}
