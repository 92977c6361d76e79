//! `countermand nats`, and the connection to NATS of the commands that run jobs.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use countermand_app::{App, AppSettings};
use countermand_integrations::nats::NatsStream;

use crate::cli::{NatsAction, NatsArgs};
use crate::command::serve::close;
use crate::command::{open_app, open_existing_database};
use crate::print;

pub(super) async fn run(action: NatsAction) -> anyhow::Result<ExitCode> {
    let NatsAction::Stop(args) = action;
    let app = open_app(open_existing_database(&args).await?, AppSettings::default()).await?;
    let dropped = app.stop_event_stream().await;
    close(&app).await;
    print::line(format_args!(
        "no event is published any more; {} that waited were dropped",
        dropped?
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Lets each change owe the publication of its event if `args` name a server. `app` publishes what is owed if it also
/// runs jobs. The connection is made in the background: a server that is away keeps this program from nothing else.
pub(super) async fn with_event_stream(app: App, args: &NatsArgs, runs_jobs: bool) -> anyhow::Result<App> {
    let Some(url) = &args.nats_url else {
        if runs_jobs && app.is_streamed().await? {
            tracing::warn!(
                "events wait for a server with NATS_URL: set it here too, or run `countermand nats stop`"
            );
        }
        return Ok(app);
    };
    let stream = NatsStream::connect(url, &args.nats_prefix)
        .await
        .context("--nats-url or NATS_URL")?;
    app.start_event_stream()
        .await
        .context("cannot write that events are published")?;
    Ok(if runs_jobs {
        app.with_event_stream(Arc::new(stream))
    } else {
        app
    })
}
