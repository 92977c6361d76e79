//! An order of the simulator, and how the API shows it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// An order of the simulator.
#[derive(Debug, Clone)]
pub struct SimulatedOrder {
    /// The number, in 3-7-7 format.
    pub number: String,
    /// The status word.
    pub status: String,
    /// `MERCHANT` or `AMAZON`.
    pub fulfilled_by: String,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The items.
    pub items: Vec<SimulatedItem>,
}

/// An item of an order of the simulator.
#[derive(Debug, Clone)]
pub struct SimulatedItem {
    /// The id of the item.
    pub id: String,
    /// The units.
    pub quantity: i64,
    /// The buyer's words of a request to cancel it.
    pub request: Option<String>,
    /// Who canceled it, and why.
    pub canceled: Option<(String, String)>,
}

impl SimulatedOrder {
    /// An unshipped order that the merchant ships, with two items: three units and one unit.
    #[must_use]
    pub fn unshipped(number: &str) -> Self {
        let item = |position: i64, quantity| SimulatedItem {
            id: format!("{}{position}", number.replace('-', "")),
            quantity,
            request: None,
            canceled: None,
        };
        Self {
            number: number.into(),
            status: "UNSHIPPED".into(),
            fulfilled_by: "MERCHANT".into(),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            items: vec![item(1, 3), item(2, 1)],
        }
    }

    /// The same order, which Amazon ships.
    #[must_use]
    pub fn shipped_by_amazon(mut self) -> Self {
        self.fulfilled_by = "AMAZON".into();
        self
    }

    pub(super) fn placed_at(mut self, now: DateTime<Utc>) -> Self {
        (self.created_at, self.updated_at) = (now, now);
        self
    }

    /// Cancels the order for the merchant.
    pub(super) fn cancel(&mut self, reason: &str, now: DateTime<Utc>) {
        self.status = "CANCELLED".into();
        self.updated_at = now;
        for item in &mut self.items {
            item.canceled = Some(("MERCHANT".into(), reason.into()));
        }
    }

    /// The order as the API shows it, with the parts that `included` names.
    pub(super) fn shown(&self, included: &[&str]) -> Value {
        let has = |part: &str| included.contains(&part);
        let items = self.items.iter().map(|item| {
            let mut shown = json!({
                "orderItemId": item.id,
                "quantityOrdered": item.quantity,
                "product": { "asin": "B000000001", "title": "A lamp & its bulb", "sellerSku": "LAMP-1" },
            });
            if has("CANCELLATION") && (item.request.is_some() || item.canceled.is_some()) {
                let mut cancellation = json!({});
                if let Some(words) = &item.request {
                    cancellation["cancellationRequest"] =
                        json!({ "requester": "BUYER", "cancelReason": words });
                }
                if let Some((by, why)) = &item.canceled {
                    cancellation["cancellationExecution"] = json!({ "cancelledBy": by, "cancelReason": why });
                }
                shown["cancellation"] = cancellation;
            }
            if has("FULFILLMENT") {
                let fulfilled = if self.status == "SHIPPED" {
                    item.quantity
                } else {
                    0
                };
                shown["fulfillment"] = json!({
                    "quantityFulfilled": fulfilled,
                    "quantityUnfulfilled": item.quantity - fulfilled,
                });
            }
            shown
        });
        let mut shown = json!({
            "orderId": self.number,
            "createdTime": instant(self.created_at),
            "lastUpdatedTime": instant(self.updated_at),
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": "A1PA6795UKMFR9",
                "marketplaceName": "Amazon.de",
            },
            "orderItems": items.collect::<Vec<_>>(),
        });
        if has("FULFILLMENT") {
            shown["fulfillment"] =
                json!({ "fulfillmentStatus": self.status, "fulfilledBy": self.fulfilled_by });
        }
        // An order without an authorized payment has no prices yet.
        if has("PROCEEDS") && !self.status.starts_with("PENDING") {
            shown["proceeds"] = json!({ "grandTotal": { "amount": "49.90", "currencyCode": "EUR" } });
        }
        shown
    }
}

/// An instant as the API writes it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
