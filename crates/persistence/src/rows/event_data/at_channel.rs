//! The JSON of the event that the sales channel of an order canceled it.

use countermand_domain::EventData;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ChannelDoc {
    v: i32,
    channel: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl ChannelDoc {
    pub(super) fn of(channel: &str, number: &str, reason: Option<&str>) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            channel: channel.into(),
            number: number.into(),
            reason: reason.map(str::to_owned),
        }
    }

    pub(super) fn facts(self) -> EventData {
        EventData::CanceledAtChannel {
            channel: self.channel,
            number: self.number,
            reason: self.reason,
        }
    }
}
