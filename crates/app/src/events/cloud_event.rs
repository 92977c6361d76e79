//! The one form in which an event leaves the program: CloudEvents 1.0 in structured JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use countermand_persistence::PublishedEvent;
use serde::Serialize;
use serde_json::{Value, json};

use super::public_data::public_data;

/// The media type of an event.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";
/// The version of CloudEvents.
const SPEC_VERSION: &str = "1.0";
/// The media type of the data.
const DATA_CONTENT_TYPE: &str = "application/json";
/// The actor who is no person.
const SYSTEM: &str = "system";
/// The kind of the event with which staff tries an endpoint.
pub(crate) const TEST: &str = "test";

#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: String,
    datacontenttype: &'static str,
    /// Extension: the version of the order. Zeros stand before it, because sequences are compared as texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<String>,
    /// Extension: what keeps the events of one order together.
    #[serde(skip_serializing_if = "Option::is_none")]
    partitionkey: Option<String>,
    data: Value,
}

/// The bytes of an event, the same each time.
#[must_use]
pub fn cloud_event(event: &PublishedEvent) -> Vec<u8> {
    let order = event.order.number().to_string();
    bytes_of(&Envelope {
        specversion: SPEC_VERSION,
        id: &event.id,
        source: &format!("urn:countermand:store:{}", event.order.store().0),
        r#type: type_of(event.kind.code()),
        subject: Some(&event.number),
        time: rfc3339(event.at),
        datacontenttype: DATA_CONTENT_TYPE,
        sequence: Some(format!("{:020}", event.version)),
        partitionkey: Some(order),
        data: event_data(event),
    })
}

/// The data of an event, the same in each form in which the event leaves.
#[must_use]
pub fn event_data(event: &PublishedEvent) -> Value {
    let order = event.order.number().to_string();
    // The role says who changed the order; names and ids of people stay here.
    let role = event.actor.split(':').next().unwrap_or_default();
    let mut data = json!({
        "order_id": STANDARD.encode(&order),
        "order_number": event.number,
        "order_version": event.version,
        "store_number": event.order.store().0,
        "changed_by": role,
    });
    let own = event.data.as_ref().map(|it| public_data(it, role == SYSTEM));
    if let (Value::Object(all), Some(Value::Object(own))) = (&mut data, own) {
        all.extend(own);
    }
    data
}

/// The bytes of the event with which staff tries an endpoint.
pub(crate) fn test_event(id: &str, at: DateTime<Utc>) -> Vec<u8> {
    bytes_of(&Envelope {
        specversion: SPEC_VERSION,
        id,
        source: "urn:countermand:test",
        r#type: type_of(TEST),
        subject: None,
        time: rfc3339(at),
        datacontenttype: DATA_CONTENT_TYPE,
        sequence: None,
        partitionkey: None,
        data: json!({}),
    })
}

/// The `type` of the events of a kind: `com.countermand.order.canceled.v1`. Its version is raised when a field of the
/// data changes its meaning; new fields may come at any time.
#[must_use]
pub fn type_of(kind: &str) -> String {
    format!("com.countermand.{kind}.v1")
}

/// The envelope as JSON. Its keys are texts, so this cannot fail.
fn bytes_of(envelope: &Envelope<'_>) -> Vec<u8> {
    serde_json::to_vec(envelope).unwrap_or_default()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
