//! The answers of JetStream.

use std::fmt;

use serde::Deserialize;

/// An answer to a message, or to a request to JetStream itself. Each has some of the fields.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    /// The name of the stream that stored the message.
    pub(super) stream: Option<String>,
    /// The number of the message in the stream.
    pub(super) seq: u64,
    /// Whether the stream had a message with the same id before.
    pub(super) duplicate: bool,
    /// The names of streams.
    streams: Option<Vec<String>>,
    pub(super) error: Option<ApiError>,
}

impl Answer {
    /// Whether the answer names a stream.
    pub(super) fn has_streams(&self) -> bool {
        self.streams.as_ref().is_some_and(|names| !names.is_empty())
    }
}

/// Why JetStream does not do what was asked.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    code: u32,
    pub(super) err_code: u32,
    description: String,
}

impl fmt::Display for ApiError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}, {})", self.description, self.code, self.err_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Answer {
        serde_json::from_str(json).expect("an answer")
    }

    #[test]
    fn answers_are_read_as_servers_send_them() {
        let stored = read(r#"{"stream":"countermand","seq":7}"#);
        assert_eq!((stored.stream.as_deref(), stored.seq), (Some("countermand"), 7));
        assert!(!stored.duplicate && stored.error.is_none());
        assert!(read(r#"{"stream":"countermand","seq":7,"duplicate":true}"#).duplicate);
        let none = read(
            r#"{"type":"io.nats.jetstream.api.v1.stream_names_response","total":0,"offset":0,"limit":1024,"streams":null}"#,
        );
        assert!(!none.has_streams());
        let refused = read(
            r#"{"type":"x","error":{"code":503,"err_code":10039,"description":"JetStream not enabled for account"}}"#,
        );
        let words = refused.error.map(|it| it.to_string());
        assert_eq!(
            words.as_deref(),
            Some("JetStream not enabled for account (503, 10039)")
        );
    }
}
