//! Takes the messages of payment providers: `POST /webhooks/{adapter}/{account}`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use countermand_app::payments::take_message::RefusedMessage;
use countermand_app::ports::IncomingMessage;
use countermand_app::{AppError, Failure};

use crate::http::Site;

/// The largest message, in bytes. Stripe's largest events have some dozen KiB.
const LARGEST: usize = 256 * 1024;
/// How long a message may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn take(
    State(site): State<Arc<Site>>,
    Path((adapter, account)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let headers = texts(&head.headers);
    let incoming = IncomingMessage {
        headers: &headers,
        body: &body,
        at: site.app.now(),
    };
    match site.app.take_provider_message(&adapter, &account, incoming).await {
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Ok(Some(receipt)) => (StatusCode::OK, receipt).into_response(),
        Err(Failure::Refused(RefusedMessage::UnknownAccount)) => {
            (StatusCode::NOT_FOUND, "No such account takes webhooks.").into_response()
        }
        Err(Failure::Refused(RefusedMessage::Refused(why))) => {
            tracing::warn!(%why, account, "a message of a payment provider is refused");
            (StatusCode::BAD_REQUEST, why.to_string()).into_response()
        }
        Err(Failure::App(problem)) => broken(&problem, &account),
    }
}

fn broken(problem: &AppError, account: &str) -> Response {
    tracing::error!(%problem, account, "a message of a payment provider cannot be taken");
    (StatusCode::SERVICE_UNAVAILABLE, "Send it again later.").into_response()
}

async fn read(body: Body) -> Result<Vec<u8>, Response> {
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST)).await;
    match read {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(_)) => Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            "The message is too large or broken off.",
        )
            .into_response()),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "The message took too long.").into_response()),
    }
}

/// The headers whose values are text.
fn texts(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let headers = headers.iter();
    headers
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect()
}
