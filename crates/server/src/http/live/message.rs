//! The messages of the WebSocket sub-protocol `graphql-transport-ws`.

use axum::extract::ws::Message;
use countermand_graphql::ApiAnswer;
use serde::Deserialize;
use serde_json::{Value, json};

use super::close_code::Closing;
use crate::http::body::Parts;

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;

/// A message from a client.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// The first message, with the parts of it that are read.
    Init(InitPayload),
    /// The client asks whether the server is there.
    Ping,
    /// The client is there.
    Pong,
    /// An operation begins.
    Subscribe(String, Box<Parts>),
    /// The client wants no more of an operation.
    Complete(String),
}

/// What the payload of `connection_init` may hold, because a page cannot set the headers of a WebSocket.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InitPayload {
    #[serde(rename = "Authorization", alias = "authorization")]
    pub(super) authorization: Option<String>,
    #[serde(rename = "Store", alias = "store")]
    pub(super) store: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    r#type: String,
    id: Option<String>,
    #[serde(default)]
    payload: Value,
}

impl ClientMessage {
    /// Reads the text of a message.
    pub(super) fn read(text: &str) -> Result<Self, Closing> {
        // A list with the values of the fields in their sequence would be read, too.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Closing::INVALID);
        }
        let sent: Sent = serde_json::from_str(text).map_err(|_| Closing::INVALID)?;
        let id = sent
            .id
            .filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
            .ok_or(Closing::INVALID);
        Ok(match sent.r#type.as_str() {
            "connection_init" if sent.payload.is_null() => Self::Init(InitPayload::default()),
            "connection_init" if sent.payload.is_object() => {
                Self::Init(serde_json::from_value(sent.payload).map_err(|_| Closing::INVALID)?)
            }
            "ping" => Self::Ping,
            "pong" => Self::Pong,
            "subscribe" => {
                let parts = Parts::of_value(sent.payload).map_err(|_| Closing::INVALID)?;
                Self::Subscribe(id?, Box::new(parts))
            }
            "complete" => Self::Complete(id?),
            _ => return Err(Closing::INVALID),
        })
    }
}

/// A message to a client.
#[derive(Debug)]
pub(super) enum ServerMessage<'a> {
    /// The answer to `connection_init`.
    Ack,
    /// The answer to `ping`.
    Pong,
    /// An answer, or an update of a subscription.
    Next(&'a str, &'a ApiAnswer),
    /// The operation cannot run, and no more messages about it follow.
    Error(&'a str, &'a ApiAnswer),
    /// The operation has ended.
    Complete(&'a str),
}

impl ServerMessage<'_> {
    /// The text of the message.
    ///
    /// # Errors
    /// When a value of an answer has no form in JSON.
    pub(super) fn text(&self) -> serde_json::Result<Message> {
        let text = match self {
            Self::Ack => json!({ "type": "connection_ack" }).to_string(),
            Self::Pong => json!({ "type": "pong" }).to_string(),
            Self::Next(id, answer) => with_payload("next", id, &answer.to_json()?),
            Self::Error(id, answer) => with_payload("error", id, &answer.errors_to_json()?),
            Self::Complete(id) => json!({ "id": id, "type": "complete" }).to_string(),
        };
        Ok(Message::Text(text.into()))
    }
}

/// A message whose payload is the text of JSON, so that an answer is written once.
fn with_payload(kind: &str, id: &str, payload: &str) -> String {
    format!(
        r#"{{"id":{},"type":"{kind}","payload":{payload}}}"#,
        Value::from(id)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_the_protocol_does_not_know_are_invalid() {
        for text in [
            "",
            "nonsense",
            "[]",
            "{}",
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":""}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
        ] {
            assert_eq!(ClientMessage::read(text).err(), Some(Closing::INVALID), "{text}");
        }
    }

    #[test]
    fn the_first_message_names_the_caller() {
        for text in [
            r#"{"type":"connection_init","payload":{"authorization":"Bearer a","Store":"de","x":1}}"#,
            r#"{"type":"connection_init","payload":{"Authorization":"Bearer a","store":"de"}}"#,
        ] {
            let Ok(ClientMessage::Init(payload)) = ClientMessage::read(text) else {
                panic!("{text}");
            };
            assert_eq!(payload.authorization.as_deref(), Some("Bearer a"));
            assert_eq!(payload.store.as_deref(), Some("de"));
        }
    }
}
