//! The worker: it meets obligations until it is stopped.

use std::time::{Duration, Instant};

use countermand_app::obligations::{Attempted, ObligationKind, Ports, Settlement};
use countermand_app::ports::Mailer;
use countermand_app::{App, ROWS_IN_A_ROUND, without_addresses};
use countermand_domain::OrderId;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

/// How long the worker waits when no job is due.
const REST: Duration = Duration::from_millis(500);
/// How long the worker waits when the database fails.
const LONG_REST: Duration = Duration::from_secs(5);

/// How long the worker waits when no webhook and no event is due.
const SHORT_REST: Duration = Duration::from_millis(250);
/// The most webhooks under way at once, and the most events.
const MOST_AT_ONCE: usize = 64;

/// How often the worker deletes old tries, tokens and jobs.
const TIDYING: Duration = Duration::from_secs(600);
/// When it goes on where one round may not have deleted all of them.
const TIDYING_ON: Duration = Duration::from_secs(5);

/// How often the worker looks for orders that have the payments of which providers told before.
const LOOKING_FOR_ORDERS: Duration = Duration::from_secs(60);

/// The kinds that wait for payment providers. They have a loop of their own, so that a provider that does not answer
/// keeps nothing else waiting.
const AT_PROVIDERS: [ObligationKind; 2] = [ObligationKind::Void, ObligationKind::Refund];

/// The kinds that wait for the mail server. They have a loop of their own, too.
const TO_MAIL_SERVER: [ObligationKind; 1] = [ObligationKind::Mail];

/// The kinds that wait for other systems. Each has a loop of its own.
const TO_SYSTEMS: [ObligationKind; 2] = [ObligationKind::WebhookDelivery, ObligationKind::EventPublication];

/// Meets one batch of obligations after the other until `stop`. An attempt under way is finished before this returns.
pub async fn work(app: App, mailer: Box<dyn Mailer>, stop: CancellationToken) {
    let ports = Ports {
        mailer: mailer.as_ref(),
    };
    let others = ObligationKind::ALL.iter().copied();
    let has_own_loop =
        |kind: &_| AT_PROVIDERS.contains(kind) || TO_MAIL_SERVER.contains(kind) || TO_SYSTEMS.contains(kind);
    let others: Vec<_> = others.filter(|kind| !has_own_loop(kind)).collect();
    tokio::join!(
        work_on(&app, &AT_PROVIDERS, ports, &stop),
        work_on(&app, &TO_MAIL_SERVER, ports, &stop),
        work_on_webhooks(&app, ports, &stop),
        work_on_events(&app, ports, &stop),
        work_on_the_rest(&app, &others, ports, &stop)
    );
}

/// Meets obligations of `kinds`, one batch after the other.
async fn work_on(app: &App, kinds: &[ObligationKind], ports: Ports<'_>, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let rest = match meet(app, kinds, ports, stop).await {
            Ok(true) => continue,
            Ok(false) => REST,
            Err(rest) => rest,
        };
        pause(rest, stop).await;
    }
}

/// Meets obligations of one kind side by side while `is_ready`, so that an endpoint that does not answer keeps no other one
/// waiting.
async fn work_side_by_side(
    app: &App,
    kind: ObligationKind,
    is_ready: impl Fn() -> bool,
    ports: Ports<'_>,
    stop: &CancellationToken,
) {
    let mut under_way = FuturesUnordered::new();
    loop {
        let mut rest = SHORT_REST;
        let free = MOST_AT_ONCE.saturating_sub(under_way.len());
        if !stop.is_cancelled() && free > 0 && is_ready() {
            match app.claim_due(kind, free).await {
                Ok(held) if held.is_empty() => {}
                Ok(held) => {
                    let meet = |held| async move { app.meet_held(kind, &ports, &held).await };
                    under_way.extend(held.into_iter().map(meet));
                    rest = Duration::ZERO;
                }
                Err(problem) => {
                    tracing::error!(%problem, kind = kind.code(), "cannot read which obligations are due");
                    rest = LONG_REST;
                }
            }
        }
        if stop.is_cancelled() && under_way.is_empty() {
            return;
        }
        tokio::select! {
            Some(done) = under_way.next(), if !under_way.is_empty() => match done {
                Ok(attempted) => log(&attempted),
                Err(problem) => {
                    tracing::error!(%problem, kind = kind.code(), "cannot write what became of an obligation");
                }
            },
            () = pause(rest, stop), if !stop.is_cancelled() => {}
        }
    }
}

/// Sends webhooks.
async fn work_on_webhooks(app: &App, ports: Ports<'_>, stop: &CancellationToken) {
    work_side_by_side(app, ObligationKind::WebhookDelivery, || true, ports, stop).await;
}

/// Publishes events. A program without a stream leaves them to the others.
async fn work_on_events(app: &App, ports: Ports<'_>, stop: &CancellationToken) {
    if let Some(stream) = app.event_stream() {
        let kind = ObligationKind::EventPublication;
        work_side_by_side(app, kind, || stream.is_ready(), ports, stop).await;
    }
}

/// Meets obligations of the other `kinds`, cancels the orders of jobs, looks for orders of early payments, and tidies.
async fn work_on_the_rest(app: &App, kinds: &[ObligationKind], ports: Ports<'_>, stop: &CancellationToken) {
    let mut tidies_at = Instant::now();
    let mut looked: Option<Instant> = None;
    while !stop.is_cancelled() {
        if looked.is_none_or(|at| at.elapsed() >= LOOKING_FOR_ORDERS) {
            looked = Some(Instant::now());
            look_for_orders(app).await;
        }
        if Instant::now() >= tidies_at {
            tidies_at = Instant::now() + tidy(app).await;
        }
        let rest = match meet(app, kinds, ports, stop).await {
            Ok(has_met) => match app.work_on_bulk_cancellations(&|| stop.is_cancelled()).await {
                Ok(0) if !has_met => REST,
                Ok(_) => continue,
                Err(problem) => {
                    tracing::error!(%problem, "cannot cancel the orders of a job");
                    LONG_REST
                }
            },
            Err(rest) => rest,
        };
        pause(rest, stop).await;
    }
}

/// Meets one batch of each of `kinds`, and says whether there was one; the error is how long to rest.
async fn meet(
    app: &App,
    kinds: &[ObligationKind],
    ports: Ports<'_>,
    stop: &CancellationToken,
) -> Result<bool, Duration> {
    match app.meet_due(kinds, &ports, &|| stop.is_cancelled()).await {
        Ok(attempted) => {
            attempted.iter().for_each(log);
            Ok(!attempted.is_empty())
        }
        Err(problem) => {
            tracing::error!(%problem, "cannot meet obligations");
            Err(LONG_REST)
        }
    }
}

async fn pause(rest: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(rest) => {}
        () = stop.cancelled() => {}
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

async fn look_for_orders(app: &App) {
    if let Err(problem) = app.owe_early_checks().await {
        tracing::warn!(%problem, "cannot look for orders of early payments");
    }
}

/// Deletes what is old, and answers after which time it must be done again.
async fn tidy(app: &App) -> Duration {
    match app.tidy().await {
        Ok(deleted) if deleted >= ROWS_IN_A_ROUND => TIDYING_ON,
        Ok(_) => TIDYING,
        Err(problem) => {
            tracing::warn!(%problem, "cannot delete old tries, tokens and jobs");
            TIDYING
        }
    }
}
