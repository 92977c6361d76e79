//! A request as it comes: parts in the URL, or in a JSON body.

use axum::body::{Body, HttpBody};
use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::Value;

/// The largest body that is read; larger imports go through the command line.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// How much of a larger body is read on and dropped.
const MOST_DROPPED: usize = 16 * 1024 * 1024;
/// A body that is announced to be larger is refused before it comes.
const MOST_ANNOUNCED: u64 = 20 * 1024 * 1024;

/// What a request is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    /// An object, or null.
    pub(super) variables: Value,
}

/// Why there is no request: a status and a sentence.
pub(super) type Unreadable = (StatusCode, &'static str);

const NO_REQUEST: Unreadable = (StatusCode::BAD_REQUEST, "Unable to parse the request.");

/// The parts as they are sent.
#[derive(Debug, Deserialize)]
struct Sent<V> {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<V>,
    /// None is known; what is sent must have the right form.
    extensions: Option<V>,
}

impl Parts {
    /// From a URL, where variables are JSON text.
    pub(super) fn of_url(url: &Uri) -> Result<Self, Unreadable> {
        let Query(sent) = Query::<Sent<String>>::try_from_uri(url).map_err(|_| NO_REQUEST)?;
        let variables = json(sent.variables, "`variables` must be a JSON object.")?;
        let extensions = json(sent.extensions, "`extensions` must be a JSON object.")?;
        Self::of(Sent {
            query: sent.query,
            operation_name: sent.operation_name,
            variables,
            extensions,
        })
    }

    /// From a body, which is one JSON object: no list of requests is taken.
    pub(super) fn of_json(bytes: &[u8]) -> Result<Self, Unreadable> {
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(NO_REQUEST);
        }
        Self::of(serde_json::from_slice(bytes).map_err(|_| NO_REQUEST)?)
    }

    fn of(sent: Sent<Value>) -> Result<Self, Unreadable> {
        let refused = |message| Err((StatusCode::BAD_REQUEST, message));
        let Some(query) = sent.query.filter(|query| !query.trim().is_empty()) else {
            return refused("The request has no `query`.");
        };
        let variables = sent.variables.unwrap_or(Value::Null);
        if !is_object(&variables) {
            return refused("`variables` must be a JSON object.");
        }
        if !is_object(&sent.extensions.unwrap_or(Value::Null)) {
            return refused("`extensions` must be a JSON object.");
        }
        Ok(Self {
            query,
            operation_name: sent.operation_name.filter(|name| !name.is_empty()),
            variables,
        })
    }
}

/// Reads a body.
///
/// Some of what is too much is read on and dropped: a client that is still sending would not see the answer.
pub(super) async fn read(body: Body) -> Result<Vec<u8>, Unreadable> {
    let refused = (
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is too large or broken off.",
    );
    if body.size_hint().lower() > MOST_ANNOUNCED {
        return Err(refused);
    }
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut dropped = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| refused)?;
        if dropped == 0 && bytes.len() + chunk.len() <= LARGEST_BODY {
            bytes.extend_from_slice(&chunk);
        } else {
            dropped += chunk.len();
            if dropped > MOST_DROPPED {
                return Err(refused);
            }
        }
    }
    if dropped == 0 { Ok(bytes) } else { Err(refused) }
}

/// Null is nothing, as in the specification.
fn is_object(value: &Value) -> bool {
    value.is_object() || value.is_null()
}

fn json(text: Option<String>, message: &'static str) -> Result<Option<Value>, Unreadable> {
    let text = text.filter(|text| !text.is_empty());
    let value = text.map(|text| serde_json::from_str(&text)).transpose();
    value.map_err(|_| (StatusCode::BAD_REQUEST, message))
}
