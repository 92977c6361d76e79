//! `countermand serve`.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use countermand_app::App;
use countermand_app::ports::Mailer;
use countermand_graphql::Api;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::ServeArgs;
use crate::command::{open_app, open_mailer, open_store};
use crate::graphiql::{self, ExampleTab};
use crate::http::{self, Site};
use crate::worker::work;
use crate::{demo, telemetry};

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let store = open_store(&args.database).await?;
    let app = open_app(store, args.customer_token_hours).await?;
    let mailer = open_mailer(&args.mail)?;
    let listener = bind(args.listen.listen).await?;
    let address = listener.local_addr()?;
    let ready = format!("listening on http://{address}/graphql, GraphiQL at http://{address}/graphiql");
    let worker = (!args.no_worker).then_some(mailer);
    serve(app, worker, listener, demo::example_tabs(None), &ready).await
}

/// Serves until a signal; says `ready` on standard output once requests are answered.
pub(super) async fn serve(
    app: App,
    worker: Option<Box<dyn Mailer>>,
    listener: TcpListener,
    tabs: Vec<ExampleTab>,
    ready: &str,
) -> anyhow::Result<ExitCode> {
    if !graphiql::is_bundled() {
        tracing::info!(
            "GraphiQL was not bundled at build time (no npm): its page loads the same versions from a CDN"
        );
    }
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let working = worker.map(|mailer| tokio::spawn(work(app.clone(), mailer, stop.clone())));
    let site = Site {
        api: Api::new(app.clone()),
        app,
        metrics: Some(telemetry::count()?),
        tabs,
    };
    println!("{ready}");
    http::serve(listener, http::router(site), stop).await;
    if let Some(working) = working {
        working.await?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another program using the port? Name another one with --listen or LISTEN")
    })
}

/// An interrupt or a termination stops the program; requests and jobs under way are finished.
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
