//! GraphQL over HTTP: queries with GET or POST, mutations with POST, answers in JSON.

use std::any::Any;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use countermand_graphql::{ApiAnswer, ApiRequest, HttpMethod, Outcome};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::http::Site;
use crate::http::body::{self, LARGEST_BODY, LARGEST_OF_STAFF, Parts, Unreadable};
use crate::http::cache_id::{CACHE_ID, cache_id};
use crate::http::media_type::{MediaType, is_json};

pub(super) async fn by_get(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    url: Uri,
) -> Response {
    let call = Call::begin(&site, headers, peer);
    call.respond(HttpMethod::Get, async { Parts::of_url(&url) }).await
}

pub(super) async fn by_post(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let call = Call::begin(&site, head.headers, peer);
    let parts = read_json(&site, &call.headers, body, call.until);
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
    headers: HeaderMap,
    peer: SocketAddr,
    /// The time at which the answer must be complete; the time for receiving the body counts, too.
    until: Instant,
}

impl<'a> Call<'a> {
    fn begin(site: &'a Site, headers: HeaderMap, peer: SocketAddr) -> Self {
        let began = Instant::now();
        Self {
            site,
            headers,
            peer,
            until: began + site.api.deadline(),
        }
    }

    async fn respond(
        &self,
        method: HttpMethod,
        parts: impl Future<Output = Result<Parts, Unreadable>>,
    ) -> Response {
        let bearer = bearer(&self.headers);
        let cache_id = cache_id(&self.headers, bearer.is_some());
        let response = match MediaType::accepted(&self.headers) {
            None => {
                let message = "Answers are application/json or application/graphql-response+json.";
                refusal(MediaType::Json, (StatusCode::NOT_ACCEPTABLE, message))
            }
            Some(media_type) => match self.site.api.turn_away(&self.caller()) {
                Some(answer) => answered(media_type, &answer),
                None => match parts.await {
                    Ok(parts) => answered(media_type, &self.execute(method, parts, bearer).await),
                    Err(problem) => refusal(media_type, problem),
                },
            },
        };
        ([(CACHE_ID, cache_id)], vary(), response).into_response()
    }

    /// The network address from which the request came.
    fn caller(&self) -> String {
        let proxies = &self.site.settings.trusted_proxies;
        proxies.caller(self.peer.ip(), &self.headers).to_string()
    }

    async fn execute(&self, method: HttpMethod, parts: Parts, bearer: Option<String>) -> ApiAnswer {
        let request = ApiRequest {
            method,
            query: parts.query,
            operation_name: parts.operation_name,
            variables: parts.variables,
            store: text(&self.headers, "store"),
            bearer,
            origin: self.caller(),
        };
        let left = self.until.saturating_duration_since(Instant::now());
        self.site.api.execute(request, left).await
    }
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
    let Ok(body) = serde_json::to_vec(answer) else {
        return refusal(media_type, BROKEN);
    };
    let status = match (answer.outcome(), media_type) {
        (Outcome::Ran, _) | (_, MediaType::Json) => StatusCode::OK,
        (Outcome::BadRequest, _) => StatusCode::BAD_REQUEST,
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
fn refusal(media_type: MediaType, (status, message): Unreadable) -> Response {
    let (category, code) = match status {
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
