//! The port through which events are published to a stream.

use async_trait::async_trait;

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamMessage {
    /// The id of the event: the stream keeps only one message with it.
    pub id: String,
    /// The number of the store view of the order.
    pub store: i32,
    /// The code of the kind of the event, such as `order.canceled`.
    pub kind: &'static str,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The event.
    pub body: Vec<u8>,
}

/// Where the stream keeps a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPlace {
    /// The name of the stream.
    pub stream: String,
    /// The number of the message in the stream, from 1.
    pub sequence: u64,
    /// Whether the stream had a message with this id before, which it keeps in place of this one.
    pub is_duplicate: bool,
}

/// Publishes events to a stream.
#[async_trait]
pub trait EventStream: Send + Sync {
    /// Whether the server of the stream can be reached now.
    fn is_connected(&self) -> bool;

    /// Whether a publication may begin: the server can be reached, and the stream did not fail a moment ago.
    fn is_ready(&self) -> bool;

    /// Publishes `message` and waits until the stream has stored it; the error says why it may not have.
    async fn publish(&self, message: StreamMessage) -> Result<StreamPlace, String>;
}
