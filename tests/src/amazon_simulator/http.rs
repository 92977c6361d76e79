//! The routes of the simulator.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use super::feeds::Feed;
use super::order::instant;
use super::site::{Document, Entry, Site, TOKEN_SECONDS};

type Shared = State<Arc<Mutex<Site>>>;
type Texts = Query<HashMap<String, String>>;

pub(super) fn routes(site: Arc<Mutex<Site>>) -> Router {
    Router::new()
        .route("/auth/o2/token", post(token))
        .route("/orders/2026-01-01/orders", get(search_orders))
        .route("/orders/2026-01-01/orders/{id}", get(get_order))
        .route("/orders/2026-01-01/orders/{id}/cancellation", put(cancel_order))
        .route("/feeds/2021-06-30/documents", post(create_document))
        .route("/feeds/2021-06-30/documents/{id}", get(get_document))
        .route("/feeds/2021-06-30/feeds", post(create_feed))
        .route("/feeds/2021-06-30/feeds/{id}", get(get_feed))
        .route("/store/{id}", put(upload).get(download))
        .with_state(site)
}

fn lock(site: &Mutex<Site>) -> MutexGuard<'_, Site> {
    site.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(status: StatusCode, code: &str, text: &str) -> (StatusCode, Value) {
    (status, json!({ "errors": [{ "code": code, "message": text }] }))
}

/// Answers a call of `operation`: token, rate, then `act`.
async fn answer(
    site: &Arc<Mutex<Site>>,
    operation: &'static str,
    headers: &HeaderMap,
    act: impl FnOnce(&mut Site) -> (StatusCode, Value) + Send,
) -> Response {
    let (response, is_silent) = {
        let mut site = lock(site);
        site.work();
        let now = site.now();
        let token = headers
            .get("x-amz-access-token")
            .and_then(|token| token.to_str().ok());
        let ends_at = token.and_then(|token| site.tokens.get(token)).copied();
        let is_fine = ends_at.is_some_and(|end| now < end) && !site.troubles.every_token_is_refused;
        let (mut rate, (status, body)) = if !is_fine {
            let text = "The access token you provided has expired.";
            (None, refused(StatusCode::FORBIDDEN, "Unauthorized", text))
        } else if site.troubles.broken == Some(operation) {
            (
                None,
                refused(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "ServiceUnavailable",
                    "Try again.",
                ),
            )
        } else if let Some(rate) = site.buckets.take(operation, now) {
            (Some(rate.to_owned()), act(&mut site))
        } else {
            let text = "You exceeded your quota for the requested resource.";
            (
                None,
                refused(StatusCode::TOO_MANY_REQUESTS, "QuotaExceeded", text),
            )
        };
        site.ledger.push(Entry {
            operation,
            status: status.as_u16(),
            at: now,
        });
        if let Some(other) = &site.troubles.rate_header {
            rate = (!other.is_empty()).then(|| other.clone());
        }
        let mut response = if body.is_null() {
            status.into_response()
        } else {
            (status, axum::Json(body)).into_response()
        };
        if let Some(rate) = rate.and_then(|rate| rate.parse().ok()) {
            response.headers_mut().insert("x-amzn-RateLimit-Limit", rate);
        }
        (response, site.troubles.silent == Some(operation))
    };
    if is_silent {
        tokio::time::sleep(Duration::from_secs(120)).await;
    }
    response
}

async fn token(State(site): Shared, body: String) -> Response {
    let mut site = lock(&site);
    let now = site.now();
    let has = |name: &str| {
        body.split('&').any(|pair| {
            pair.split_once('=')
                .is_some_and(|(key, value)| key == name && !value.is_empty())
        })
    };
    let (status, answer) = if site.troubles.token_service_is_down {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "error": "temporarily_unavailable" }),
        )
    } else if site.troubles.consent_is_withdrawn {
        let text = "The request has an invalid grant parameter : refresh_token";
        (
            StatusCode::BAD_REQUEST,
            json!({ "error": "invalid_grant", "error_description": text }),
        )
    } else if ["refresh_token", "client_id", "client_secret"]
        .into_iter()
        .all(has)
        && body.contains("grant_type=refresh_token")
    {
        let token = site.name("Atza|");
        site.tokens
            .insert(token.clone(), now + TimeDelta::seconds(TOKEN_SECONDS));
        let answer = json!({
            "access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "refresh_token": "Atzr|1",
        });
        (StatusCode::OK, answer)
    } else {
        (
            StatusCode::BAD_REQUEST,
            json!({ "error": "invalid_request", "error_description": "A parameter is missing." }),
        )
    };
    site.ledger.push(Entry {
        operation: "token",
        status: status.as_u16(),
        at: now,
    });
    (status, axum::Json(answer)).into_response()
}

async fn search_orders(State(site): Shared, Query(query): Texts, headers: HeaderMap) -> Response {
    answer(&site, "searchOrders", &headers, |site| page(site, &query)).await
}

fn page(site: &Site, query: &HashMap<String, String>) -> (StatusCode, Value) {
    let Some(since) = query
        .get("lastUpdatedAfter")
        .and_then(|since| DateTime::parse_from_rfc3339(since).ok())
    else {
        return refused(
            StatusCode::BAD_REQUEST,
            "InvalidInput",
            "lastUpdatedAfter or createdAfter is required.",
        );
    };
    let included: Vec<&str> = query
        .get("includedData")
        .map(|it| it.split(',').collect())
        .unwrap_or_default();
    let mut found: Vec<_> = site
        .orders
        .iter()
        .filter(|order| order.updated_at >= since)
        .collect();
    found.sort_by_key(|order| order.updated_at);
    let asked = query
        .get("maxResultsPerPage")
        .and_then(|size| size.parse().ok())
        .unwrap_or(100);
    let length = site.troubles.page_size.unwrap_or(asked).max(1);
    let token = query.get("paginationToken").map(String::as_str);
    let (begin, is_first) = match token.map(str::parse::<usize>) {
        None => (0, true),
        Some(Ok(begin)) => (begin, false),
        Some(Err(_)) => {
            return refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "The pagination token is not valid.",
            );
        }
    };
    let mut shown = json!({ "orders": [], "lastUpdatedBefore": instant(site.now() - TimeDelta::minutes(2)) });
    if is_first && site.troubles.first_page_is_empty {
        shown["pagination"] = json!({ "nextToken": "0" });
        return (StatusCode::OK, shown);
    }
    let overlap = usize::from(site.troubles.pages_overlap && begin > 0);
    let end = (begin + length).min(found.len());
    let orders = found
        .iter()
        .take(end)
        .skip(begin - overlap)
        .map(|order| order.shown(&included));
    shown["orders"] = orders.collect();
    if end < found.len() {
        shown["pagination"] = json!({ "nextToken": end.to_string() });
    }
    (StatusCode::OK, shown)
}

async fn get_order(
    State(site): Shared,
    Path(id): Path<String>,
    Query(query): Texts,
    headers: HeaderMap,
) -> Response {
    let included: Vec<&str> = query
        .get("includedData")
        .map(|it| it.split(',').collect())
        .unwrap_or_default();
    answer(&site, "getOrder", &headers, |site| match site.order(&id) {
        Some(order) => (StatusCode::OK, json!({ "order": order.shown(&included) })),
        None => refused(StatusCode::NOT_FOUND, "NotFound", "The order is not known."),
    })
    .await
}

async fn cancel_order(
    State(site): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    const REASONS: [&str; 5] = [
        "NO_INVENTORY",
        "BUYER_CANCELLED",
        "SHIPPING_ADDRESS_UNDELIVERABLE",
        "CUSTOMER_EXCHANGE",
        "PRICING_ERROR",
    ];
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let reason = body["cancelReasonCode"].as_str().unwrap_or_default().to_owned();
    answer(&site, "cancelOrder", &headers, |site| {
        let (now, is_late) = (site.now(), site.troubles.cancels_late);
        if !REASONS.contains(&reason.as_str()) {
            return refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "The cancelReasonCode is not valid.",
            );
        }
        match site.order_mut(&id) {
            None => refused(StatusCode::NOT_FOUND, "NotFound", "The order is not known."),
            Some(order) if order.status != "UNSHIPPED" => refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "The order cannot be canceled any more.",
            ),
            Some(order) => {
                if !is_late {
                    order.cancel(&reason, now);
                }
                (StatusCode::ACCEPTED, json!({}))
            }
        }
    })
    .await
}

async fn create_document(State(site): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    answer(&site, "createFeedDocument", &headers, |site| {
        let Some(content_type) = body["contentType"].as_str() else {
            return refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "contentType is required.",
            );
        };
        let mut ends_at = site.document_ends_at();
        if site.troubles.uploads_that_end > 0 {
            site.troubles.uploads_that_end -= 1;
            ends_at = site.now();
        }
        let name = site.name("document-");
        let document = Document {
            content_type: content_type.into(),
            body: Vec::new(),
            is_packed: false,
            ends_at,
        };
        site.documents.insert(name.clone(), document);
        (
            StatusCode::CREATED,
            json!({ "feedDocumentId": name, "url": format!("{}store/{name}", site.address) }),
        )
    })
    .await
}

async fn upload(State(site): Shared, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut site = lock(&site);
    let now = site.now();
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    // A token must not be sent to the store of documents.
    let is_bare = !headers.contains_key("x-amz-access-token");
    let document = site
        .documents
        .get_mut(&id)
        .filter(|it| now < it.ends_at && it.content_type == kind && is_bare);
    let status = document.map_or(StatusCode::FORBIDDEN, |document| {
        document.body = body.to_vec();
        StatusCode::OK
    });
    site.ledger.push(Entry {
        operation: "upload",
        status: status.as_u16(),
        at: now,
    });
    status
}

async fn download(State(site): Shared, Path(id): Path<String>) -> Response {
    let site = lock(&site);
    match site.documents.get(&id).filter(|it| site.now() < it.ends_at) {
        Some(document) => document.body.clone().into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn create_feed(State(site): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    answer(&site, "createFeed", &headers, |site| {
        let document = body["inputFeedDocumentId"]
            .as_str()
            .and_then(|id| site.documents.get(id))
            .cloned();
        let has_places = body["marketplaceIds"]
            .as_array()
            .is_some_and(|ids| (1..=25).contains(&ids.len()));
        let Some(document) = document.filter(|it| !it.body.is_empty()) else {
            return refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "The feed document is not known or empty.",
            );
        };
        if body["feedType"] != "POST_ORDER_ACKNOWLEDGEMENT_DATA" || !has_places {
            return refused(
                StatusCode::BAD_REQUEST,
                "InvalidInput",
                "The type or the marketplaces are not valid.",
            );
        }
        let id = site.name("5000");
        let document = String::from_utf8_lossy(&document.body).into_owned();
        let created_at = site.now();
        site.feeds.push(Feed {
            id: id.clone(),
            created_at,
            document,
            end: None,
        });
        (StatusCode::ACCEPTED, json!({ "feedId": id }))
    })
    .await
}

async fn get_feed(State(site): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(&site, "getFeed", &headers, |site| match site.shown_feed(&id) {
        Some(feed) => (StatusCode::OK, feed),
        None => refused(StatusCode::NOT_FOUND, "NotFound", "The feed is not known."),
    })
    .await
}

async fn get_document(State(site): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(&site, "getFeedDocument", &headers, |site| {
        let ends_at = site.document_ends_at();
        let url = format!("{}store/{id}", site.address);
        let Some(document) = site.documents.get_mut(&id) else {
            return refused(StatusCode::NOT_FOUND, "NotFound", "The document is not known.");
        };
        // Each answer holds a new address.
        document.ends_at = ends_at;
        let mut shown = json!({ "feedDocumentId": id, "url": url });
        if document.is_packed {
            shown["compressionAlgorithm"] = json!("GZIP");
        }
        (StatusCode::OK, shown)
    })
    .await
}
