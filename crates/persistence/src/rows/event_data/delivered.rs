//! The JSON of the event that units were delivered without a shipment.

use chrono::{DateTime, Utc};
use countermand_domain::{DeliveryKind, EventData, ItemPosition, Quantity};
use serde::{Deserialize, Serialize};

use super::{Lines, quantities, scaled};
use crate::error::DatabaseError;
use crate::rows::deliveries_column::delivery_kind;
use crate::rows::time::{from_micros, to_micros};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DeliveryDoc {
    v: i32,
    items: Lines,
    kind: String,
    delivered_at: i64,
}

impl DeliveryDoc {
    pub(super) fn of(items: &[(ItemPosition, Quantity)], kind: DeliveryKind, at: DateTime<Utc>) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            items: scaled(items),
            kind: kind.code().into(),
            delivered_at: to_micros(at),
        }
    }

    pub(super) fn facts(&self) -> Result<EventData, DatabaseError> {
        Ok(EventData::DeliveryRecorded {
            items: quantities(&self.items),
            kind: delivery_kind(&self.kind)?,
            delivered_at: from_micros(self.delivered_at)?,
        })
    }
}
