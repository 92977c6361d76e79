//! `countermand serve`: serves requests and runs jobs.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use countermand_app::ports::Mailer;
use countermand_app::{App, AppSettings};
use countermand_graphql::{Api, ApiSettings};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::{ListenArgs, ServeArgs};
use crate::command::{open_app, open_database_for_requests, open_mailer};
use crate::example_tabs::example_tabs;
use crate::graphiql::{self, ExampleTab};
use crate::http::{self, HttpSettings, Site};
use crate::telemetry;
use crate::worker::work;

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let verifier = args.identity.verifier()?;
    let database = open_database_for_requests(&args.database, args.listen.deadline()).await?;
    let mut app = open_app(database, settings(&args)).await?;
    if let Some(verifier) = verifier {
        app = app.with_identities(Arc::new(verifier));
    }
    let mailer = open_mailer(&args.mail)?;
    let listener = bind(args.listen.listen).await?;
    let address = listener.local_addr()?;
    let page = if args.listen.graphiql {
        format!(", GraphiQL at http://{address}/graphiql")
    } else {
        String::new()
    };
    let ready = format!("listening on http://{address}/graphql{page}");
    let workers = if args.no_worker {
        Vec::new()
    } else {
        args.jobs.share(mailer)
    };
    let mut site = open_site(app, example_tabs(None), &args.listen)?;
    site.settings.trusted_proxies = args.limits.trusted_proxies.into();
    serve(site, workers, listener, &args.listen, &ready).await
}

fn settings(args: &ServeArgs) -> AppSettings {
    AppSettings {
        customer_token_lifetime: TimeDelta::hours(args.customer_token_hours.into()),
        lockout: args.limits.lockout(),
        request_limits: args.limits.request_limits(),
        hides_accounts: args.limits.hide_accounts,
        met_jobs_kept: args.jobs.met_jobs_kept(),
        ..AppSettings::default()
    }
}

/// The site that serves the use cases of `app`.
pub(super) fn open_site(app: App, tabs: Vec<ExampleTab>, args: &ListenArgs) -> anyhow::Result<Site> {
    let api = ApiSettings {
        introspection: args.introspection,
        deadline: args.deadline(),
    };
    Ok(Site {
        api: Api::new(app.clone(), api),
        app,
        metrics: Some(telemetry::count()?),
        tabs,
        settings: HttpSettings {
            cors_origins: args.cors_origins.clone().unwrap_or_default(),
            graphiql: args.graphiql,
            ..HttpSettings::default()
        },
    })
}

/// How long the database may take to close when the program stops.
const CLOSING: Duration = Duration::from_secs(5);

/// Serves until a signal stops the program, with a worker for each of `workers`. Then it finishes requests and jobs under way, and closes the database.
/// Prints `ready` to standard output before the first request.
pub(super) async fn serve(
    site: Site,
    workers: Vec<Box<dyn Mailer>>,
    listener: TcpListener,
    args: &ListenArgs,
    ready: &str,
) -> anyhow::Result<ExitCode> {
    if site.settings.graphiql && !graphiql::is_bundled() {
        tracing::info!(
            "GraphiQL was not bundled at build time, because npm was missing: the page loads the same versions from a CDN"
        );
    }
    tracing::info!(
        "origins whose pages may send requests: {}",
        site.settings.cors_origins
    );
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let mut working = JoinSet::new();
    for mailer in workers {
        working.spawn(work(site.app.clone(), mailer, stop.clone()));
    }
    println!("{ready}");
    let app = site.app.clone();
    http::serve(listener, http::router(site), args.connections_per_address, stop).await;
    while let Some(ended) = working.join_next().await {
        ended?;
    }
    if tokio::time::timeout(CLOSING, app.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another program using the port? Choose another port with --listen or LISTEN")
    })
}

/// Makes the signals SIGINT and SIGTERM cancel `stop`, so that the program ends once requests and jobs under way are
/// finished.
pub(super) fn stop_on_signal(stop: CancellationToken) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
}
