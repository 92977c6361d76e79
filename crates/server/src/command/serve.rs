//! `countermand serve`: serves requests and runs jobs.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::TimeDelta;
use countermand_app::ports::Mailer;
use countermand_app::{App, AppSettings};
use countermand_graphql::{Api, ApiSettings};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::channel_worker::work_on_channels;
use crate::cli::{ListenAddress, ListenArgs, ServeArgs};
use crate::command::nats::with_event_stream;
use crate::command::secrets::{check_for_jobs, warn_of_open_secrets};
use crate::command::{open_app_for_webhooks, open_channels, open_database_for_requests, open_mailer};
use crate::example_tabs::example_tabs;
use crate::graphiql::{self, ExampleTab};
use crate::http::{self, HttpSettings, Site};
use crate::metrics::Metrics;
use crate::print;
use crate::stopping::CLOSING;
use crate::worker::work;

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let verifier = args.identity.verifier()?;
    let database = open_database_for_requests(&args.database, args.listen.deadline()).await?;
    let channels = open_channels(&args.channels, &database)?;
    let app = open_app_for_webhooks(database, settings(&args), &args.webhooks).await?;
    let keys = args.secrets.keys()?;
    let app = app.with_channels(channels).with_secret_keys(&keys)?;
    let mut app = with_event_stream(app, &args.nats, !args.no_worker).await?;
    if let Some(verifier) = verifier {
        app = app.with_identities(Arc::new(verifier));
    }
    let mailer = open_mailer(&args.mail)?;
    let listeners = Listeners::bind(&args.listen).await?;
    warn_of_open_secrets(&app, &keys).await?;
    let address = listeners.shop.local_addr()?;
    let page = if args.listen.graphiql {
        format!(", GraphiQL at http://{address}/graphiql")
    } else {
        String::new()
    };
    let ready = format!(
        "listening on http://{address}/graphql{page}{}",
        listeners.admin_words()?
    );
    let workers = if args.no_worker {
        for name in app.lost_secrets().await? {
            tracing::error!(of = name, "a secret cannot be opened with SECRET_KEYS");
        }
        Vec::new()
    } else {
        check_for_jobs(&app).await?;
        args.jobs.share(mailer)
    };
    let mail = mail_transport(args.mail.smtp_url.as_deref(), &args.mail.mail_dir);
    let mut site = open_site(app, example_tabs(None), &args.listen)?;
    site.settings.trusted_proxies = args.limits.trusted_proxies.into();
    log_start(&site, &listeners, &args.listen, &mail, workers.len())?;
    Box::pin(serve(site, workers, listeners, &args.listen, &ready)).await
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
    let metrics = Metrics::start(app.database_kind())?;
    Ok(Site {
        api: Api::new(app.clone(), api),
        app,
        metrics: Some(metrics),
        tabs,
        settings: HttpSettings {
            cors_origins: args.cors_origins.clone().unwrap_or_default(),
            graphiql: args.graphiql,
            has_admin_address: args.admin_listen.is_some(),
            ..HttpSettings::default()
        },
    })
}

/// Serves until a signal stops the program, with a worker for each of `workers`. Then it finishes requests and jobs
/// under way, and closes the database.
/// Prints `ready` to standard output before the first request.
pub(super) async fn serve(
    site: Site,
    workers: Vec<Box<dyn Mailer>>,
    listeners: Listeners,
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
    if !working.is_empty() {
        working.spawn(work_on_channels(site.app.clone(), stop.clone()));
    }
    print::line(ready)?;
    let app = site.app.clone();
    let connections = args.connections_per_address;
    if let Some(listener) = listeners.admin {
        let pages = http::admin_router(site.operator_pages());
        tokio::spawn(http::serve(listener, pages, connections, stop.clone()));
    }
    http::serve(listeners.shop, http::router(site), connections, stop).await;
    while let Some(ended) = working.join_next().await {
        ended?;
    }
    close(&app).await;
    tracing::info!("the server stopped");
    Ok(ExitCode::SUCCESS)
}

/// Closes the database, and does not wait for a server that is gone.
pub(super) async fn close(app: &App) {
    if tokio::time::timeout(CLOSING, app.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
}

/// The rights of a file for users other than its owner.
const OTHERS: u32 = 0o077;

/// The ports of the program.
#[derive(Debug)]
pub(super) struct Listeners {
    /// The port of the shop.
    pub(super) shop: TcpListener,
    /// The port of health checks and metrics; none if they are at the port of the shop.
    admin: Option<TcpListener>,
}

impl Listeners {
    pub(super) async fn bind(args: &ListenArgs) -> anyhow::Result<Self> {
        let shop = args.listen.bind("--listen or LISTEN").await?;
        let admin = bind_admin(args.admin_listen.as_ref(), "ADMIN_LISTEN").await?;
        Ok(Self { shop, admin })
    }

    /// Where the pages of the operator are, as the end of a sentence; empty if they have no port of their own.
    pub(super) fn admin_words(&self) -> anyhow::Result<String> {
        Ok(admin_words(address_of(self.admin.as_ref())?))
    }
}

/// Listens on the address for the operator's pages, if there is one. It can be set by the environment's `variable` too.
pub(super) async fn bind_admin(
    address: Option<&ListenAddress>,
    variable: &str,
) -> anyhow::Result<Option<TcpListener>> {
    match address {
        None => Ok(None),
        Some(address) => {
            let option = format!("--admin-listen or {variable}");
            Ok(Some(address.bind(&option).await?))
        }
    }
}

/// The address on which `listener` listens, if there is one.
pub(super) fn address_of(listener: Option<&TcpListener>) -> io::Result<Option<SocketAddr>> {
    listener.map(TcpListener::local_addr).transpose()
}

/// Where the pages of the operator are, as the end of a sentence; empty without an address.
pub(super) fn admin_words(address: Option<SocketAddr>) -> String {
    address.map_or_else(String::new, |it| {
        format!(", health checks and metrics at http://{it}")
    })
}

/// Writes the facts of the start into the log: what runs, where, and with which limits.
pub(super) fn log_start(
    site: &Site,
    listeners: &Listeners,
    args: &ListenArgs,
    mail: &str,
    workers: usize,
) -> anyhow::Result<()> {
    let settings = site.app.settings();
    let admin = address_of(listeners.admin.as_ref())?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = site.app.database_kind(),
        listen = %listeners.shop.local_addr()?,
        admin_listen = admin.map(tracing::field::display),
        mail,
        workers,
        request_timeout_seconds = args.request_timeout,
        connections_per_address = args.connections_per_address,
        requests_per_minute = settings.request_limits.per_address,
        mutations_per_minute = settings.request_limits.mutations_per_viewer,
        lockout_attempts = settings.lockout.attempts,
        lockout_attempts_per_address = settings.lockout.attempts_per_address,
        lockout_minutes = settings.lockout.wait.num_minutes(),
        "the server started"
    );
    if let Some(file) = site.app.database_file()
        && file.metadata()?.permissions().mode() & OTHERS != 0
    {
        tracing::warn!(
            file = %file.display(),
            "other users of this machine can use the database: `chmod 600` makes the file private"
        );
    }
    Ok(())
}

/// How mails are sent, for the log: the scheme and the host of the mail server without its user, or the folder.
pub(super) fn mail_transport(smtp_url: Option<&str>, folder: &Path) -> String {
    let Some(url) = smtp_url else {
        return format!("files in {}", folder.display());
    };
    let (scheme, rest) = url.split_once("://").unwrap_or(("smtp", url));
    let host = rest.rsplit('@').next().unwrap_or_default();
    let host = host.split(['/', '?']).next().unwrap_or_default();
    format!("{scheme}://{host}")
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
        tracing::info!("the program was told to stop");
        stop.cancel();
    });
    Ok(())
}
