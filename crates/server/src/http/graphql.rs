//! GraphQL over HTTP: queries with GET or POST, mutations with POST, answers in JSON, and subscriptions as events.

use std::any::Any;
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countermand_graphql::{ApiAnswer, ApiRequest, HttpMethod, Opened, Outcome};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::http::Site;
use crate::http::body::{self, LARGEST_BODY, LARGEST_OF_STAFF, Parts, Unreadable};
use crate::http::cache_id::{CACHE_ID, cache_id};
use crate::http::live::{self, ConnectionHandle, TOO_MANY};
use crate::http::media_type::{MediaType, accepts_events, is_json};

pub(super) async fn by_get(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if live::asks_for_socket(request.headers()) {
        return live::upgrade(site, peer, request).await;
    }
    let (head, _) = request.into_parts();
    let call = Call::begin(&site, head, peer);
    let parts = async { Parts::of_url(&call.head.uri) };
    call.respond(HttpMethod::Get, parts).await
}

pub(super) async fn by_post(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let call = Call::begin(&site, head, peer);
    let parts = read_json(&site, &call.head.headers, body, call.until);
    call.respond(HttpMethod::Post, parts).await
}

pub(super) async fn by_other_methods(headers: HeaderMap) -> Response {
    let media_type = MediaType::accepted(&headers).unwrap_or(MediaType::Json);
    let message = "Only GET and POST are answered here.";
    let allow = [(header::ALLOW, "GET, POST")];
    (
        allow,
        refusal(media_type, (StatusCode::METHOD_NOT_ALLOWED, message)),
    )
        .into_response()
}

/// The answer after a panic. It shows no internal details, and the process goes on.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(message, "a request panicked");
    refusal(MediaType::Json, BROKEN)
}

const BROKEN: Unreadable = (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");

/// A request while it is answered.
struct Call<'a> {
    site: &'a Site,
    head: Head,
    peer: SocketAddr,
    /// The time at which the answer must be complete; the time for receiving the body counts, too. A subscription must
    /// be open then.
    until: Instant,
}

impl<'a> Call<'a> {
    fn begin(site: &'a Site, head: Head, peer: SocketAddr) -> Self {
        let began = Instant::now();
        Self {
            site,
            head,
            peer,
            until: began + site.api.deadline(),
        }
    }

    async fn respond(
        &self,
        method: HttpMethod,
        parts: impl Future<Output = Result<Parts, Unreadable>>,
    ) -> Response {
        let headers = &self.head.headers;
        let cache_id = cache_id(headers, bearer(headers).is_some());
        let (accepted, takes_events) = (MediaType::accepted(headers), accepts_events(headers));
        let response = if accepted.is_none() && !takes_events {
            let message = "Answers are application/json or application/graphql-response+json.";
            refusal(MediaType::Json, (StatusCode::NOT_ACCEPTABLE, message))
        } else {
            // A client that reads events alone looks at the status of what is no stream of events.
            let media_type = accepted.unwrap_or(MediaType::GraphQlResponse);
            match self.site.api.turn_away(&self.caller().to_string()) {
                Some(answer) => answered(media_type, &answer),
                None => match parts.await {
                    Ok(parts) if takes_events => self.open(method, parts, accepted).await,
                    Ok(parts) => answered(media_type, &self.execute(method, parts).await),
                    Err(problem) => refusal(media_type, problem),
                },
            }
        };
        ([(CACHE_ID, cache_id)], vary(), response).into_response()
    }

    /// The network address from which the request came.
    fn caller(&self) -> IpAddr {
        caller_of(self.site, self.peer, &self.head.headers)
    }

    async fn execute(&self, method: HttpMethod, mut parts: Parts) -> ApiAnswer {
        let left = self.until.saturating_duration_since(Instant::now());
        let request = self.request(method, &mut parts);
        self.site.api.execute(request, left).await
    }

    /// Answers a client that takes events: with events if it subscribes, or if it takes nothing else.
    async fn open(&self, method: HttpMethod, mut parts: Parts, accepted: Option<MediaType>) -> Response {
        let left = self.until.saturating_duration_since(Instant::now());
        let request = self.request(method, &mut parts);
        let opened = match self.site.api.open(request, left).await {
            Opened::Answer(answer) => match accepted {
                Some(media_type) => return answered(media_type, &answer),
                None => Opened::Answer(answer),
            },
            Opened::Updates(updates) => Opened::Updates(updates),
        };
        let Some(handle) = self.head.extensions.get::<ConnectionHandle>() else {
            return refusal(MediaType::Json, BROKEN);
        };
        match handle.place(self.caller()) {
            Some(place) => {
                let limits = self.site.settings.live;
                live::respond(opened, place, handle, limits, self.head.version)
            }
            None => refusal(MediaType::Json, (StatusCode::TOO_MANY_REQUESTS, TOO_MANY)),
        }
    }

    /// The request with what it takes out of `parts`, which hold their part of the memory for bodies until they go.
    fn request(&self, method: HttpMethod, parts: &mut Parts) -> ApiRequest {
        let headers = &self.head.headers;
        ApiRequest {
            method,
            query: mem::take(&mut parts.query),
            operation_name: parts.operation_name.take(),
            variables: parts.variables.take(),
            store: text(headers, "store"),
            idempotency_keys: idempotency_keys(headers),
            bearer: bearer(headers),
            origin: self.caller().to_string(),
            last_event_id: text(headers, "last-event-id").filter(|id| !id.is_empty()),
        }
    }
}

/// The network address from which a request with `headers` came.
pub(super) fn caller_of(site: &Site, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    site.settings.trusted_proxies.caller(peer.ip(), headers)
}

async fn read_json(
    site: &Site,
    headers: &HeaderMap,
    body: Body,
    until: Instant,
) -> Result<Parts, Unreadable> {
    if !is_json(headers) {
        let message = "The content type must be application/json.";
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let too_slow = (StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive.");
    let largest = || async { largest_of(site, bearer(headers).as_deref()).await };
    let read = timeout_at(until, body::read(body, &site.settings.bodies, largest));
    let body = read.await.map_err(|_| too_slow)?;
    Parts::of_body(body?)
}

/// The largest body of a caller with the token `bearer`, in bytes. The token is checked before more bytes are read.
async fn largest_of(site: &Site, bearer: Option<&str>) -> Result<usize, Unreadable> {
    let Some(token) = bearer else {
        return Ok(LARGEST_BODY);
    };
    match site.app.may_import(token).await {
        Ok(true) => Ok(LARGEST_OF_STAFF),
        Ok(false) => Ok(LARGEST_BODY),
        Err(problem) => {
            tracing::error!(%problem, "the token of a large request cannot be checked");
            Err(BROKEN)
        }
    }
}

/// The HTTP response for an answer. In plain JSON its status is always 200, even with errors, because all storefronts
/// expect this.
fn answered(media_type: MediaType, answer: &ApiAnswer) -> Response {
    let Ok(body) = answer.to_json() else {
        return refusal(media_type, BROKEN);
    };
    let status = match (answer.outcome(), media_type) {
        (Outcome::Ran, _) | (_, MediaType::Json) => StatusCode::OK,
        (Outcome::BadRequest, _) => StatusCode::BAD_REQUEST,
        (Outcome::KeyReused, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (Outcome::KeyInUse, _) => StatusCode::CONFLICT,
        (Outcome::MutationByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (Outcome::RateLimited, _) => StatusCode::TOO_MANY_REQUESTS,
        (Outcome::Failed, _) => StatusCode::INTERNAL_SERVER_ERROR,
        (Outcome::TimedOut, _) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = (status, [media_type.header()], Body::from(body)).into_response();
    let explained = match status {
        StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, "POST")),
        StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer")),
        _ => None,
    };
    if let Some((name, value)) = explained {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    if let Some(seconds) = answer.retry_after() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The HTTP response for a request that is refused before GraphQL: the status, and an error in JSON, because
/// storefronts read JSON.
pub(super) fn refusal(media_type: MediaType, (status, message): Unreadable) -> Response {
    let (category, code) = match status {
        StatusCode::TOO_MANY_REQUESTS => ("graphql-rate-limit", "RATE_LIMITED"),
        StatusCode::SERVICE_UNAVAILABLE => ("internal", "TRY_AGAIN"),
        _ if status.is_server_error() => ("internal", "INTERNAL_ERROR"),
        _ => ("graphql-input", "BAD_REQUEST"),
    };
    let error = json!({ "message": message, "extensions": { "category": category, "code": code } });
    let body = json!({ "errors": [error] }).to_string();
    let mut response = (status, [media_type.header()], Body::from(body)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The request headers on which an answer depends, besides the URL.
fn vary() -> [(header::HeaderName, &'static str); 1] {
    [(header::VARY, "Accept, Authorization, Store")]
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    bearer_in(&text(headers, "authorization")?)
}

/// The bearer token in the value of a header `Authorization`; none if it is empty or of another kind.
pub(super) fn bearer_in(authorization: &str) -> Option<String> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// The values of all headers with an idempotency key. A value that is no text keeps a character that no key may have.
fn idempotency_keys(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all("idempotency-key").iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

pub(super) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}
