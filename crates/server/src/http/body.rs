//! Reads the parts of a GraphQL request from the URL or from a JSON body.

use axum::body::{Body, HttpBody};
use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::Value;

use crate::http::body_room::{BodyPlace, BodyRoom, KeptBody};

/// The largest body of a request, in bytes. The largest body of known storefronts has about 10 KB.
pub(super) const LARGEST_BODY: usize = 256 * 1024;
/// The largest body of a request with a token of staff that may import orders, in bytes. Larger imports need the
/// command line.
pub(super) const LARGEST_OF_STAFF: usize = 4 * 1024 * 1024;
/// The largest number of values in a body. A parsed value can take a hundred times the memory of its text.
const MOST_VALUES: usize = 20_000;
/// How many bytes of a body that is too large are read and dropped.
const MOST_DROPPED: usize = 16 * 1024 * 1024;
/// The largest announced length of a body, in bytes. A larger body is refused before it is read.
const MOST_ANNOUNCED: u64 = 20 * 1024 * 1024;

/// The parts of a GraphQL request.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    /// A JSON object, or null.
    pub(super) variables: Value,
    /// The part of the memory for bodies that the parts take while they are in use; none if they came in the URL.
    _place: Option<BodyPlace>,
}

/// Why a request is refused: the status, and a message for the caller.
pub(super) type Unreadable = (StatusCode, &'static str);

const NO_REQUEST: Unreadable = (StatusCode::BAD_REQUEST, "Unable to parse the request.");
const TOO_LARGE: Unreadable = (
    StatusCode::PAYLOAD_TOO_LARGE,
    "The body is too large or broken off.",
);
const NO_ROOM: Unreadable = (
    StatusCode::SERVICE_UNAVAILABLE,
    "The server reads too many large bodies at the moment. Send the request again later.",
);

/// The parts of a request as the client sends them.
#[derive(Debug, Deserialize)]
struct Sent<V> {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<V>,
    /// The server knows no extensions, but the field must be a JSON object.
    extensions: Option<V>,
}

impl Parts {
    /// Reads the parts from the parameters of a URL. The variables are JSON text there.
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

    /// Reads the parts from a body, which must be one JSON object. A list of requests is refused.
    pub(super) fn of_body(body: KeptBody) -> Result<Self, Unreadable> {
        let (bytes, place) = body.into_parts();
        Ok(Self {
            _place: Some(place),
            ..Self::of_json(&bytes)?
        })
    }

    fn of_json(bytes: &[u8]) -> Result<Self, Unreadable> {
        if values(bytes) > MOST_VALUES {
            return Err((StatusCode::BAD_REQUEST, "The body has too many values."));
        }
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(NO_REQUEST);
        }
        Self::of(serde_json::from_slice(bytes).map_err(|_| NO_REQUEST)?)
    }

    /// Reads the parts from a JSON object, which is a part of a small message.
    pub(super) fn of_value(value: Value) -> Result<Self, Unreadable> {
        if !value.is_object() {
            return Err(NO_REQUEST);
        }
        Self::of(serde_json::from_value(value).map_err(|_| NO_REQUEST)?)
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
            _place: None,
        })
    }
}

/// Reads a body of at most 256 KiB. If it is larger, `largest_of_caller` says how many bytes this caller may send.
///
/// A part of a larger body is read and dropped, because a client that is still sending would not read the refusal.
pub(super) async fn read<F>(
    body: Body,
    room: &BodyRoom,
    largest_of_caller: impl FnOnce() -> F,
) -> Result<KeptBody, Unreadable>
where
    F: Future<Output = Result<usize, Unreadable>>,
{
    if body.size_hint().lower() > MOST_ANNOUNCED {
        return Err(TOO_LARGE);
    }
    let mut chunks = body.into_data_stream();
    let (mut largest, mut asked) = (LARGEST_BODY, Some(largest_of_caller));
    let mut kept = room.begin();
    let mut refusal = None;
    let mut dropped = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| TOO_LARGE)?;
        let len = kept.len() + chunk.len();
        if refusal.is_none()
            && len > largest
            && let Some(largest_of_caller) = asked.take()
        {
            match largest_of_caller().await {
                Ok(bytes) => largest = bytes,
                Err(problem) => refusal = Some(problem),
            }
        }
        if refusal.is_none() && len > largest {
            refusal = Some(TOO_LARGE);
        } else if refusal.is_none() && !kept.add(&chunk) {
            refusal = Some(NO_ROOM);
        }
        if let Some(refusal) = refusal {
            kept = room.begin();
            dropped += chunk.len();
            if dropped > MOST_DROPPED {
                return Err(refusal);
            }
        }
    }
    refusal.map_or(Ok(kept), Err)
}

/// The approximate number of values in JSON: the number of commas and opening brackets outside of strings.
fn values(json: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Whether `value` is an object or null, which the specification treats as absent.
fn is_object(value: &Value) -> bool {
    value.is_object() || value.is_null()
}

fn json(text: Option<String>, message: &'static str) -> Result<Option<Value>, Unreadable> {
    let text = text.filter(|text| !text.is_empty());
    let value = text.map(|text| serde_json::from_str(&text)).transpose();
    value.map_err(|_| (StatusCode::BAD_REQUEST, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        assert_eq!(values(br#"{"a": [1, 2], "b": "[,{\", {["}"#), 4);
        let many = format!(
            r#"{{"query": "{{ a }}", "variables": {{"a": [{}0]}}}}"#,
            "0,".repeat(MOST_VALUES)
        );
        assert!(Parts::of_json(many.as_bytes()).is_err());
        let text = format!(
            r#"{{"query": "{{ a }}", "variables": {{"a": "{}"}}}}"#,
            "[,".repeat(MOST_VALUES)
        );
        assert!(Parts::of_json(text.as_bytes()).is_ok());
    }
}
