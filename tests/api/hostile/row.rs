//! A row of the table: what somebody sends who means no good, and what must come of it.

use std::time::Duration;

use serde_json::{Value, json};

/// How long a row may take to be answered or closed.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a document may take that is refused before it runs.
const AT_ONCE: Duration = Duration::from_secs(1);

/// One hostile request.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Stands in the report.
    pub(super) name: String,
    pub(super) sent: Sent,
    pub(super) expected: Expected,
    /// On so many connections at the same time.
    pub(super) times: usize,
    pub(super) within: Duration,
}

/// What goes out on a connection.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The first bytes, then the second ones until the server has had enough.
    Endless(Vec<u8>, Vec<u8>),
}

/// What must come back. Beyond this, `verdict.rs` holds every answer to the same rules.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    /// A document that never ran: 400, errors about the input, no data.
    Refused,
    /// One of these statuses, with errors in JSON where it has a body.
    Status(&'static [u16]),
    /// The same, or the connection is closed without a word: no HTTP that could be answered.
    TurnedAway,
    /// The connection ends; what came back is no HTTP/1.1.
    Closed,
    /// Answered in JSON, with data or with an error of the caller's, never with a failure of ours.
    Handled,
    /// This text, as it is, at this place in the answer; or a refusal of it.
    Verbatim(&'static str, String),
    /// This at this place in the answer.
    Data(&'static str, Value),
    /// An answer that has no such line in its head.
    Without(&'static str),
}

impl Row {
    pub(super) fn new(name: impl Into<String>, sent: Sent, expected: Expected) -> Self {
        Self {
            name: name.into(),
            sent,
            expected,
            times: 1,
            within: PATIENCE,
        }
    }

    /// A document that must not run.
    pub(super) fn refused(name: impl Into<String>, document: &str) -> Self {
        let body = json!({ "query": document });
        let mut row = Self::new(name, Sent::Bytes(strict(&body)), Expected::Refused);
        row.within = AT_ONCE;
        row
    }

    /// A document that is odd and harmless.
    pub(super) fn handled(name: impl Into<String>, document: &str) -> Self {
        Self::asked(name, document, &json!({}), Expected::Handled)
    }

    /// A document with variables.
    pub(super) fn asked(
        name: impl Into<String>,
        document: &str,
        variables: &Value,
        expected: Expected,
    ) -> Self {
        let body = json!({ "query": document, "variables": variables });
        Self::new(name, Sent::Bytes(post(&[], &body)), expected)
    }

    /// The same on so many connections at once.
    pub(super) fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }
}

/// A whole HTTP/1.1 request with a body, of a client that closes afterwards.
pub(super) fn http(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
    bytes.extend(body);
    bytes
}

/// A GraphQL request as a storefront sends it, with more headers.
pub(super) fn post(headers: &[(&str, &str)], body: &Value) -> Vec<u8> {
    let usual = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
    ];
    http(
        "POST /graphql",
        &[&usual, headers].concat(),
        body.to_string().as_bytes(),
    )
}

/// A GraphQL request of a client that wants the specification's statuses.
pub(super) fn strict(body: &Value) -> Vec<u8> {
    let usual = [
        ("Content-Type", "application/json"),
        ("Accept", "application/graphql-response+json"),
    ];
    http("POST /graphql", &usual, body.to_string().as_bytes())
}

/// The headers of a customer or of staff.
pub(super) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// So many pieces, one after the other.
pub(super) fn repeated(times: usize, piece: impl Fn(usize) -> String) -> String {
    (0..times).map(piece).collect()
}
