//! `countermand worker`: runs jobs, and serves no requests but those for health checks and metrics.

use std::process::ExitCode;

use countermand_app::{App, AppSettings};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::channel_worker::work_on_channels;
use crate::cli::WorkerArgs;
use crate::command::nats::with_event_stream;
use crate::command::secrets::{check_for_jobs, warn_of_open_secrets};
use crate::command::serve::{address_of, admin_words, bind_admin, close, mail_transport, stop_on_signal};
use crate::command::{open_app_for_webhooks, open_channels, open_database, open_mailer};
use crate::http::{self, CONNECTIONS_PER_ADDRESS, OperatorPages};
use crate::metrics::Metrics;
use crate::print;
use crate::worker::work;

pub(super) async fn run(args: WorkerArgs) -> anyhow::Result<ExitCode> {
    // The port comes first, so that a worker whose address is in use changes nothing.
    let admin = bind_admin(args.admin_listen.as_ref(), "WORKER_ADMIN_LISTEN").await?;
    let admin_address = address_of(admin.as_ref())?;
    let database = open_database(&args.database).await?;
    let url = database.url().to_owned();
    let settings = AppSettings {
        met_jobs_kept: args.jobs.met_jobs_kept(),
        ..AppSettings::default()
    };
    let channels = open_channels(&args.channels, &database)?;
    let app = open_app_for_webhooks(database, settings, &args.webhooks).await?;
    let keys = args.secrets.keys()?;
    let app = app.with_channels(channels).with_secret_keys(&keys)?;
    check_for_jobs(&app).await?;
    warn_of_open_secrets(&app, &keys).await?;
    let app = with_event_stream(app, &args.nats, true).await?;
    let mailer = open_mailer(&args.mail)?;
    let pages = match admin {
        None => None,
        Some(listener) => Some((listener, operator_pages(&app)?)),
    };
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = app.database_kind(),
        admin_listen = admin_address.map(tracing::field::display),
        mail = mail_transport(args.mail.smtp_url.as_deref(), &args.mail.mail_dir),
        "the worker started"
    );
    let words = admin_words(admin_address);
    print::line(format_args!("running jobs of {url}{words}"))?;
    let mut working = JoinSet::new();
    if let Some((listener, pages)) = pages {
        let pages = http::admin_router(pages);
        working.spawn(http::serve(
            listener,
            pages,
            CONNECTIONS_PER_ADDRESS,
            stop.clone(),
        ));
    }
    for mailer in args.jobs.share(mailer) {
        working.spawn(work(app.clone(), mailer, stop.clone()));
    }
    working.spawn(work_on_channels(app.clone(), stop.clone()));
    while let Some(ended) = working.join_next().await {
        ended?;
    }
    close(&app).await;
    Ok(ExitCode::SUCCESS)
}

/// The pages of the operator. What this process does from now on is counted.
fn operator_pages(app: &App) -> anyhow::Result<OperatorPages> {
    Ok(OperatorPages {
        app: app.clone(),
        metrics: Some(Metrics::start(app.database_kind())?),
    })
}
