//! `countermand worker`: runs jobs without serving requests.

use std::process::ExitCode;

use countermand_app::AppSettings;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::channel_worker::work_on_channels;
use crate::cli::WorkerArgs;
use crate::command::serve::{close, mail_transport, stop_on_signal};
use crate::command::{open_app, open_channels, open_database, open_mailer};
use crate::print;
use crate::worker::work;

pub(super) async fn run(args: WorkerArgs) -> anyhow::Result<ExitCode> {
    let database = open_database(&args.database).await?;
    let url = database.url().to_owned();
    let settings = AppSettings {
        met_jobs_kept: args.jobs.met_jobs_kept(),
        ..AppSettings::default()
    };
    let channels = open_channels(&args.channels, &database)?;
    let app = open_app(database, settings).await?.with_channels(channels);
    let mailer = open_mailer(&args.mail)?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = app.database_kind(),
        mail = mail_transport(args.mail.smtp_url.as_deref(), &args.mail.mail_dir),
        "the worker started"
    );
    print::line(format_args!("running jobs of {url}"))?;
    let mut working = JoinSet::new();
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
