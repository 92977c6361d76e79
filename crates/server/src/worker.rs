//! The worker: it meets obligations until it is stopped.

use std::time::{Duration, Instant};

use countermand_app::obligations::{Attempted, Ports, Settlement};
use countermand_app::ports::Mailer;
use countermand_app::{App, without_addresses};
use countermand_domain::OrderId;
use tokio_util::sync::CancellationToken;

/// How long the worker waits when no job is due.
const REST: Duration = Duration::from_millis(500);
/// How long the worker waits when the database fails.
const LONG_REST: Duration = Duration::from_secs(5);

/// How often the worker deletes old tries, tokens and jobs.
const TIDYING: Duration = Duration::from_secs(600);

/// Meets one batch of obligations after the other until `stop`. An attempt under way is finished before this returns.
pub async fn work(app: App, mailer: Box<dyn Mailer>, stop: CancellationToken) {
    let ports = Ports {
        mailer: mailer.as_ref(),
    };
    let mut tidied: Option<Instant> = None;
    while !stop.is_cancelled() {
        if tidied.is_none_or(|at| at.elapsed() >= TIDYING) {
            tidied = Some(Instant::now());
            tidy(&app).await;
        }
        let rest = match app.meet_due_obligations(&ports, &|| stop.is_cancelled()).await {
            Ok(attempted) => {
                attempted.iter().for_each(log);
                match app.work_on_bulk_cancellations(&|| stop.is_cancelled()).await {
                    Ok(0) if attempted.is_empty() => REST,
                    Ok(_) => continue,
                    Err(problem) => {
                        tracing::error!(%problem, "cannot cancel the orders of a job");
                        LONG_REST
                    }
                }
            }
            Err(problem) => {
                tracing::error!(%problem, "cannot meet obligations");
                LONG_REST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}

fn log(attempted: &Attempted) {
    let (kind, id) = (attempted.kind.code(), attempted.id.as_str());
    let order = attempted.order.map(OrderId::number);
    match &attempted.settlement {
        Settlement::Met => tracing::info!(kind, id, order, "an obligation is met"),
        Settlement::Postponed(problem) => {
            let problem = without_addresses(problem);
            tracing::warn!(kind, id, order, problem, "an obligation is tried again later");
        }
        Settlement::NeedsAttention(problem) if attempted.kind.is_job() => {
            let problem = without_addresses(problem);
            tracing::error!(kind, id, order, problem, "an obligation is given up");
        }
        Settlement::NeedsAttention(problem) => {
            let problem = without_addresses(problem);
            tracing::info!(kind, id, order, problem, "an obligation waits for staff");
        }
        Settlement::TakenOver => {
            tracing::warn!(kind, id, order, "an attempt took longer than its lease");
        }
    }
}

async fn tidy(app: &App) {
    if let Err(problem) = app.tidy().await {
        tracing::warn!(%problem, "cannot delete old tries, tokens and jobs");
    }
}
