//! Runs jobs until it is told to stop.

use std::time::Duration;

use countermand_app::App;
use countermand_app::job::JobOutcome;
use countermand_app::ports::Mailer;
use tokio_util::sync::CancellationToken;

/// How long a worker rests when nothing is due.
const REST: Duration = Duration::from_millis(500);
/// How long it rests when the database fails.
const LONG_REST: Duration = Duration::from_secs(5);

/// Runs one job after the other; a job under way is finished before this returns.
pub async fn work(app: App, mailer: Box<dyn Mailer>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rest = match app.run_next_job(mailer.as_ref()).await {
            Ok(JobOutcome::Idle) => REST,
            Ok(JobOutcome::Done) => continue,
            Ok(JobOutcome::Postponed(problem)) => {
                tracing::warn!(problem, "a job failed and is tried again later");
                continue;
            }
            Ok(JobOutcome::GivenUp(problem)) => {
                tracing::error!(problem, "a job failed for good");
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
