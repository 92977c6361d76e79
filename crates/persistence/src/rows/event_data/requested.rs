//! The JSON of requests for a cancellation, as events keep them.

use countermand_domain::{EndedRequest, EventData, RequestedCancellation};
use serde::{Deserialize, Serialize};

use super::{Lines, quantities, scaled};
use crate::error::DatabaseError;
use crate::rows::request_column::request_status;
use crate::rows::time::{from_micros, to_micros};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RequestedDoc {
    v: i32,
    number: i32,
    is_whole: bool,
    items: Lines,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct EndedRequestDoc {
    v: i32,
    number: i32,
    status: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct EscalatedRequestDoc {
    v: i32,
    number: i32,
}

impl EscalatedRequestDoc {
    pub(super) fn of(number: i32) -> Self {
        let v = EventData::SCHEMA_VERSION;
        Self { v, number }
    }

    pub(super) fn facts(&self) -> EventData {
        EventData::CancellationRequestEscalated { number: self.number }
    }
}

impl RequestedDoc {
    pub(super) fn of(facts: &RequestedCancellation) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            number: facts.number,
            is_whole: facts.is_whole,
            items: scaled(&facts.items),
            reason_code: facts.reason_code.clone(),
            due_at: facts.due_at.map(to_micros),
        }
    }

    pub(super) fn facts(self) -> Result<RequestedCancellation, DatabaseError> {
        Ok(RequestedCancellation {
            number: self.number,
            is_whole: self.is_whole,
            items: quantities(&self.items),
            reason_code: self.reason_code,
            due_at: self.due_at.map(from_micros).transpose()?,
        })
    }
}

impl EndedRequestDoc {
    pub(super) fn of(facts: &EndedRequest) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            number: facts.number,
            status: facts.status.code().into(),
        }
    }

    pub(super) fn facts(self) -> Result<EndedRequest, DatabaseError> {
        Ok(EndedRequest {
            number: self.number,
            status: request_status(&self.status)?,
        })
    }
}
