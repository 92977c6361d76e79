//! The page `/metrics`: what the program counted, in Prometheus' text format.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use countermand_app::App;
use countermand_app::obligations::Waiting;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::Mutex;
use tokio::time::{interval, timeout};

/// The upper bounds of the histogram of operations, in seconds. Most answers take between 1 and 50 ms.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// How often the samples of histograms are sorted into their buckets, whether the page is read or not.
const UPKEEP: Duration = Duration::from_secs(5);
/// The age at which the counts of the database are read anew.
const KEPT: Duration = Duration::from_secs(5);
/// How long an answer waits for new counts. Later ones are in the next answer, so a slow database delays no answer.
const PATIENCE: Duration = Duration::from_millis(200);
/// The longest time of one read of the counts.
const READ_LIMIT: Duration = Duration::from_secs(4);

/// The histogram of operations.
const OPERATIONS: &str = "countermand_operation_duration_seconds";

/// The kinds of a metric.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// All metrics: kind, name and the line of help.
const METRICS: [(Kind, &str, &str); 20] = [
    (
        Kind::Gauge,
        "countermand_build_info",
        "Always 1; the labels are the version of the program and the kind of its database.",
    ),
    (
        Kind::Counter,
        "countermand_cancellations_total",
        "Cancellations by outcome (canceled, requested by a guest, refused), code of the reason and store view.",
    ),
    (
        Kind::Counter,
        "countermand_connections_refused_total",
        "Connections that were closed at once, because their address had too many.",
    ),
    (
        Kind::Gauge,
        "countermand_database_connections",
        "Connections to the database by state (busy, idle).",
    ),
    (
        Kind::Gauge,
        "countermand_database_connections_max",
        "The largest number of connections to the database.",
    ),
    (
        Kind::Gauge,
        "countermand_database_up",
        "1 if the database answered the last read of counts, 0 if not.",
    ),
    (
        Kind::Counter,
        "countermand_forgotten_payments_total",
        "Payments that were forgotten because no order has them, by account at the payment provider.",
    ),
    (
        Kind::Counter,
        "countermand_limits_hit_total",
        "Requests and tries that a limit refused, by limit.",
    ),
    (
        Kind::Gauge,
        "countermand_nats_connected",
        "1 if this process is connected to NATS, 0 if not; absent where it publishes no events.",
    ),
    (
        Kind::Gauge,
        "countermand_live_connections",
        "Open subscriptions over HTTP and open WebSockets, by transport (sse, websocket).",
    ),
    (
        Kind::Counter,
        "countermand_live_readers_cut_total",
        "Clients that did not read their subscription and were cut off, by transport.",
    ),
    (
        Kind::Counter,
        "countermand_live_updates_total",
        "Answers and updates of subscriptions that were sent, by transport.",
    ),
    (
        Kind::Counter,
        "countermand_obligation_attempts_total",
        "Attempts of this process to meet an obligation, by kind and outcome.",
    ),
    (
        Kind::Gauge,
        "countermand_obligation_oldest_age_seconds",
        "Age of the oldest obligation that waits, by kind and state; 0 if none waits.",
    ),
    (
        Kind::Gauge,
        "countermand_obligations",
        "Obligations that wait, by kind and state (pending, needs_attention).",
    ),
    (
        Kind::Histogram,
        OPERATIONS,
        "Time of GraphQL requests by name of the root field and outcome (ok, errors).",
    ),
    (
        Kind::Counter,
        "countermand_refusals_total",
        "Requests that the rules of the shop refused, by code.",
    ),
    (
        Kind::Counter,
        "countermand_request_errors_total",
        "Top-level errors of GraphQL answers, by code.",
    ),
    (
        Kind::Counter,
        "countermand_sign_ins_total",
        "Sign-ins of customers with a password, by outcome (signed_in, refused, locked).",
    ),
    (
        Kind::Counter,
        "countermand_sql_round_trips_total",
        "Round trips to the database.",
    ),
];

/// Renders the metrics. A clone is cheap.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    /// When the counts of the database were read last. The lock is held while they are read.
    counted: Arc<Mutex<Option<Instant>>>,
}

impl Metrics {
    /// Starts the recorder of this process. The task that sorts samples runs until the process ends.
    pub(crate) fn start(database: &'static str) -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(OPERATIONS.into()), &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .context("cannot start metrics")?;
        for (kind, name, help) in METRICS {
            match kind {
                Kind::Counter => metrics::describe_counter!(name, help),
                Kind::Gauge => metrics::describe_gauge!(name, help),
                Kind::Histogram => metrics::describe_histogram!(name, help),
            }
        }
        let version = env!("CARGO_PKG_VERSION");
        metrics::gauge!("countermand_build_info", "version" => version, "database" => database).set(1.0);
        let sorting = handle.clone();
        tokio::spawn(async move {
            let mut ticks = interval(UPKEEP);
            loop {
                ticks.tick().await;
                sorting.run_upkeep();
            }
        });
        Ok(Self {
            handle,
            counted: Arc::default(),
        })
    }

    /// The metrics as text. The counts of the database are at most a few seconds old, if it answers.
    pub(crate) async fn render(&self, app: &App) -> String {
        let connections = app.connections();
        metrics::gauge!("countermand_database_connections", "state" => "busy").set(connections.busy);
        metrics::gauge!("countermand_database_connections", "state" => "idle").set(connections.idle);
        metrics::gauge!("countermand_database_connections_max").set(connections.most);
        if let Some(stream) = app.event_stream() {
            metrics::gauge!("countermand_nats_connected").set(u8::from(stream.is_connected()));
        }
        self.count_anew(app).await;
        self.handle.render()
    }

    /// Reads the counts of the database if they are old and no other request reads them. The read goes on if it takes
    /// longer than this answer waits.
    async fn count_anew(&self, app: &App) {
        let Ok(mut counted) = self.counted.clone().try_lock_owned() else {
            return;
        };
        if counted.is_some_and(|at| at.elapsed() < KEPT) {
            return;
        }
        let app = app.clone();
        let reading = tokio::spawn(async move {
            let read = timeout(READ_LIMIT, app.waiting_obligations()).await;
            let up = metrics::gauge!("countermand_database_up");
            if let Ok(Ok(waiting)) = read {
                up.set(1.0);
                waiting.iter().for_each(show);
            } else {
                up.set(0.0);
            }
            *counted = Some(Instant::now());
        });
        // A read that takes longer is finished for the next answer.
        let _ = timeout(PATIENCE, reading).await;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats; no shop has 2^53 obligations"
)]
fn show(waiting: &Waiting) {
    let (kind, state) = (waiting.kind.code(), waiting.state);
    metrics::gauge!("countermand_obligations", "kind" => kind, "state" => state).set(waiting.count as f64);
    let age = waiting.oldest_age.num_milliseconds() as f64 / 1000.0;
    metrics::gauge!("countermand_obligation_oldest_age_seconds", "kind" => kind, "state" => state)
        .set(age.max(0.0));
}
