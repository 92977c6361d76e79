//! The pages besides GraphQL: GraphiQL, health checks and metrics.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use countermand_app::AppError;
use countermand_persistence::DatabaseError;
use tokio::time::timeout;

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

/// The time within which `/readyz` answers.
const READY_LIMIT: Duration = Duration::from_millis(1_900);

/// Answers whether requests can be served. It reads a table, because a cluster without quorum still answers
/// `select 1`.
pub(super) async fn readyz(State(site): State<Site>) -> Response {
    let problem = match timeout(READY_LIMIT, site.app.ready()).await {
        Ok(Ok(())) => return "ready\n".into_response(),
        Ok(Err(problem)) => problem,
        Err(_) => DatabaseError::Unreachable("it does not answer in time".into()).into(),
    };
    tracing::warn!(%problem, "the server is not ready");
    let text = match problem {
        AppError::Database(problem @ (DatabaseError::Unreachable(_) | DatabaseError::ReadOnly)) => {
            format!("{problem}\n")
        }
        _ => "the database cannot be read\n".into(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

pub(super) async fn metrics(State(site): State<Site>) -> Response {
    let Some(metrics) = &site.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, metrics.render(&site.app).await).into_response()
}
