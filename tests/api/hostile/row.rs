//! A row of the table: a hostile request and its expected answer.

use std::time::Duration;

use serde_json::{Value, json};

/// The time within which a row must be answered or its connection closed.
const PATIENCE: Duration = Duration::from_secs(2);
/// The time within which a document must be refused that may not run.
const AT_ONCE: Duration = Duration::from_secs(1);

/// One hostile request.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The name in the report.
    pub(super) name: String,
    pub(super) sent: Sent,
    pub(super) expected: Expected,
    /// The number of connections that send the row at the same time.
    pub(super) times: usize,
    pub(super) within: Duration,
}

/// The bytes that a connection sends.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The first bytes once, and then the second bytes until the server closes the connection.
    Endless(Vec<u8>, Vec<u8>),
}

/// The expected answer. `verdict.rs` adds rules that hold for every answer.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    /// A document that did not run: status 400, errors about the input, no data.
    Refused,
    /// One of these statuses, with errors in JSON where there is a body.
    Status(&'static [u16]),
    /// An error status from 400 to 499, or a closed connection without an answer.
    TurnedAway,
    /// A closed connection. An answer before it need not be HTTP/1.1.
    Closed,
    /// An answer in JSON, with data or with an error of the caller's, and without an internal error.
    Handled,
    /// This text unchanged at this place in the answer, or a refusal of it.
    Verbatim(&'static str, String),
    /// This value at this place in the answer.
    Data(&'static str, Value),
    /// An answer whose head has no such line.
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

    /// A document that is unusual and harmless.
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

    /// The same row on this many connections at once.
    pub(super) fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }
}

/// A whole HTTP/1.1 request with a body, from a client that closes the connection afterwards.
pub(super) fn http(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
    bytes.extend(body);
    bytes
}

/// A GraphQL request as a storefront sends it, with additional headers.
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

/// A GraphQL request from a client that asks for the statuses of the specification.
pub(super) fn strict(body: &Value) -> Vec<u8> {
    let usual = [
        ("Content-Type", "application/json"),
        ("Accept", "application/graphql-response+json"),
    ];
    http("POST /graphql", &usual, body.to_string().as_bytes())
}

/// The value of an `Authorization` header.
pub(super) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// `times` pieces, one after the other.
pub(super) fn repeated(times: usize, piece: impl Fn(usize) -> String) -> String {
    (0..times).map(piece).collect()
}
