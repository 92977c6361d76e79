//! The pages besides GraphQL: GraphiQL, health checks and metrics.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use countermand_app::obligations::{JobCounts, KindCount};

use crate::graphiql;
use crate::http::Site;

pub(super) async fn graphiql(State(site): State<Site>) -> Response {
    let policy = [(
        header::CONTENT_SECURITY_POLICY,
        graphiql::content_security_policy(),
    )];
    (policy, Html(graphiql::page("/graphql", &site.tabs))).into_response()
}

/// The files of GraphiQL. Browsers may cache them, because they change only with the program.
pub(super) async fn graphiql_asset(Path(name): Path<String>) -> Response {
    match graphiql::asset(&name) {
        Some((kind, bytes)) => (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "public, max-age=3600"),
            ],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Answers as long as the process runs.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers whether requests can be served. It reads a table, because a cluster without quorum still answers
/// `select 1`.
pub(super) async fn readyz(State(site): State<Site>) -> Response {
    match site.app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(problem) => {
            tracing::warn!(%problem, "the database cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n").into_response()
        }
    }
}

pub(super) async fn metrics(State(site): State<Site>) -> Response {
    let Some(handle) = &site.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Ok(counts) = site.app.obligation_counts().await {
        let jobs = JobCounts::of(&counts);
        for (state, count) in [
            ("pending", jobs.pending),
            ("done", jobs.done),
            ("failed", jobs.failed),
        ] {
            metrics::gauge!("countermand_jobs", "state" => state).set(gauge(count));
        }
        for KindCount { kind, state, count } in counts {
            metrics::gauge!("countermand_obligations", "kind" => kind.code(), "state" => state)
                .set(gauge(count));
        }
    }
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        handle.render(),
    )
        .into_response()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats; no shop has 2^53 obligations"
)]
fn gauge(count: i64) -> f64 {
    count as f64
}
