//! The worker: it runs jobs until it is stopped.

use std::time::{Duration, Instant};

use countermand_app::App;
use countermand_app::job::JobOutcome;
use countermand_app::ports::Mailer;
use tokio_util::sync::CancellationToken;

/// How long the worker waits when no job is due.
const REST: Duration = Duration::from_millis(500);
/// How long the worker waits when the database fails.
const LONG_REST: Duration = Duration::from_secs(5);

/// How often the worker deletes expired tries and tokens.
const TIDYING: Duration = Duration::from_secs(600);

/// Runs one job after the other until `stop`. The job that is under way is finished before this function returns.
pub async fn work(app: App, mailer: Box<dyn Mailer>, stop: CancellationToken) {
    let mut tidied: Option<Instant> = None;
    while !stop.is_cancelled() {
        if tidied.is_none_or(|at| at.elapsed() >= TIDYING) {
            tidied = Some(Instant::now());
            tidy(&app).await;
        }
        let rest = match app.run_next_job(mailer.as_ref()).await {
            Ok(JobOutcome::Idle) => REST,
            Ok(JobOutcome::Done) => continue,
            Ok(JobOutcome::Postponed(problem)) => {
                tracing::warn!(problem, "a job failed; it will be tried again");
                continue;
            }
            Ok(JobOutcome::GivenUp(problem)) => {
                tracing::error!(problem, "a job failed; it will not be tried again");
                continue;
            }
            Err(problem) => {
                tracing::error!(%problem, "cannot run jobs");
                LONG_REST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn tidy(app: &App) {
    if let Err(problem) = app.tidy().await {
        tracing::warn!(%problem, "cannot delete expired tries and tokens");
    }
}
