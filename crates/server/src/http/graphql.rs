//! GraphQL over HTTP: queries by GET or POST, mutations by POST, JSON either way.

use std::any::Any;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countermand_graphql::{Api, ApiRequest, HttpMethod};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::Site;

/// The largest body that is read; larger imports go through the command line.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// How much of a larger body is read on and dropped.
const MOST_DROPPED: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The parts of a request, in the URL or in the body.
#[derive(Debug, Deserialize)]
struct Parts {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<Value>,
}

/// The same in a URL, where variables are JSON text.
#[derive(Debug, Deserialize)]
pub(super) struct UrlParts {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
}

pub(super) async fn by_get(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(url): Query<UrlParts>,
) -> Response {
    let variables = url
        .variables
        .as_deref()
        .filter(|text| !text.is_empty())
        .map(serde_json::from_str);
    let Ok(variables) = variables.transpose() else {
        return bad_request(StatusCode::BAD_REQUEST, "`variables` must be a JSON object.");
    };
    let parts = Parts {
        query: url.query,
        operation_name: url.operation_name,
        variables,
    };
    answer(&site.api, HttpMethod::Get, &headers, peer, parts).await
}

pub(super) async fn by_post(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if !is_json(&head.headers) {
        return bad_request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The content type must be application/json.",
        );
    }
    let bytes = match tokio::time::timeout(BODY_TIMEOUT, read_body(body)).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            return bad_request(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large or broken off.",
            );
        }
        Err(_) => {
            return bad_request(StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive.");
        }
    };
    match serde_json::from_slice::<Parts>(&bytes) {
        Ok(parts) => answer(&site.api, HttpMethod::Post, &head.headers, peer, parts).await,
        Err(_) => bad_request(StatusCode::BAD_REQUEST, "Unable to parse the request."),
    }
}

/// Reads a body; none when it is too large or broken off.
///
/// Some of what is too much is read on and dropped: a client that is still sending would not see the answer.
async fn read_body(body: Body) -> Option<Vec<u8>> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut dropped = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.ok()?;
        if dropped == 0 && bytes.len() + chunk.len() <= LARGEST_BODY {
            bytes.extend_from_slice(&chunk);
        } else {
            dropped += chunk.len();
            if dropped > MOST_DROPPED {
                return None;
            }
        }
    }
    (dropped == 0).then_some(bytes)
}

/// GraphQL errors are answers too: 200 with JSON, as every storefront expects.
async fn answer(
    api: &Api,
    method: HttpMethod,
    headers: &HeaderMap,
    peer: SocketAddr,
    parts: Parts,
) -> Response {
    let Some(query) = parts.query.filter(|query| !query.trim().is_empty()) else {
        return bad_request(StatusCode::BAD_REQUEST, "The request has no `query`.");
    };
    let variables = parts.variables.unwrap_or(Value::Null);
    if !variables.is_object() && !variables.is_null() {
        return bad_request(StatusCode::BAD_REQUEST, "`variables` must be a JSON object.");
    }
    let began = Instant::now();
    let response = api
        .execute(ApiRequest {
            method,
            query,
            operation_name: parts.operation_name.filter(|name| !name.is_empty()),
            variables,
            store: text(headers, "store"),
            bearer: bearer(headers),
            origin: peer.ip().to_string(),
        })
        .await;
    let outcome = if response.errors.is_empty() {
        "ok"
    } else {
        "errors"
    };
    metrics::histogram!("countermand_graphql_seconds", "outcome" => outcome)
        .record(began.elapsed().as_secs_f64());
    match serde_json::to_vec(&response) {
        Ok(body) => json_response(StatusCode::OK, body),
        Err(_) => bad_request(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let authorization = text(headers, "authorization")?;
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, "content-type").unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn bad_request(status: StatusCode, message: &str) -> Response {
    let error =
        json!({ "message": message, "extensions": { "category": "graphql-input", "code": "BAD_REQUEST" } });
    json_response(status, json!({ "errors": [error] }).to_string().into_bytes())
}

fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        Body::from(body),
    )
        .into_response()
}

/// A bug of ours must not show its inside, nor end the process.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(message, "a request panicked");
    bad_request(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
}
