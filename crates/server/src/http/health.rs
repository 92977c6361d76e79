//! The health checks: whether the process runs, and whether it can serve requests and run jobs.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countermand_app::AppError;
use countermand_persistence::DatabaseError;
use tokio::time::timeout;

use crate::http::OperatorPages;

/// Answers as long as the process runs.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The time within which `/readyz` answers.
const READY_LIMIT: Duration = Duration::from_millis(1_900);

/// Answers whether requests can be served and jobs can be run. It reads a table, because a cluster without quorum
/// still answers `select 1`.
pub(super) async fn readyz(State(pages): State<OperatorPages>) -> Response {
    let problem = match timeout(READY_LIMIT, pages.app.ready()).await {
        Ok(Ok(())) => return "ready\n".into_response(),
        Ok(Err(problem)) => problem,
        Err(_) => DatabaseError::Unreachable("it does not answer in time".into()).into(),
    };
    tracing::warn!(%problem, "the process is not ready");
    let text = match problem {
        AppError::Database(problem @ (DatabaseError::Unreachable(_) | DatabaseError::ReadOnly)) => {
            format!("{problem}\n")
        }
        _ => "the database cannot be read\n".into(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}
