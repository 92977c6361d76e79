//! The commands, one per file.

mod cancel;
mod channel;
mod config;
mod customer;
mod demo;
mod doctor;
mod import;
mod init;
mod mail;
mod migrate;
mod nats;
mod report;
mod secrets;
mod serve;
mod token;
mod webhook;
mod worker;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;
use countermand_app::channels::Channels;
use countermand_app::ports::Mailer;
use countermand_app::{App, AppSettings};
use countermand_integrations::channels::buy_with_prime::WatchedOrders;
use countermand_integrations::channels::read_channels;
use countermand_integrations::mail::{FileMailer, MailTemplates, SmtpMailer};
use countermand_integrations::payments::ProviderAdapters;
use countermand_integrations::webhooks::HttpWebhookSender;
use countermand_persistence::{ConnectOptions, Database};
use futures_util::future::BoxFuture;

use crate::cli::{self, ChannelArgs, Cli, Command, DatabaseArgs, MailArgs, Pooler, WebhookArgs};
use crate::env::system_env;
use crate::kept_orders::KeptOrders;
use crate::print;
use crate::telemetry;

/// Runs the command that the command line names.
///
/// Each command's future is boxed: the compiler would otherwise lay out the whole program as one type.
pub(crate) async fn run(cli: Cli, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let filter = match &cli.command {
        Command::Serve(_) | Command::Demo(_) | Command::Worker(_) => telemetry::USUAL_FILTER,
        _ => telemetry::QUIET_FILTER,
    };
    telemetry::log(cli.log_format, filter);
    let command: BoxFuture<'static, anyhow::Result<ExitCode>> = match cli.command {
        Command::Serve(args) => Box::pin(serve::run(args)),
        Command::Demo(args) => Box::pin(demo::run(args)),
        Command::Init(args) => Box::pin(init::run(args)),
        Command::Migrate(args) => Box::pin(migrate::run(args)),
        Command::Import(args) => Box::pin(import::run(args)),
        Command::Cancel(args) => Box::pin(cancel::run(args)),
        Command::Channel(args) => Box::pin(channel::run(args.action)),
        Command::Schema => {
            print::all(countermand_graphql::sdl().as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Config(_) => {
            let given = matches.subcommand_matches("config");
            return given.map_or(Ok(ExitCode::FAILURE), config::run);
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut cli::command(), "countermand", &mut script);
            print::all(&script)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Token(args) => Box::pin(token::run(args.action)),
        Command::Mail(args) => return mail::run(args.action),
        Command::Nats(args) => Box::pin(nats::run(args.action)),
        Command::Secrets(args) => Box::pin(secrets::run(args.action)),
        Command::Webhook(args) => Box::pin(webhook::run(args.action)),
        Command::Worker(args) => Box::pin(worker::run(args)),
        Command::Customer(args) => Box::pin(customer::run(args.action)),
        Command::Report(args) => Box::pin(report::run(args)),
        Command::Doctor(args) => Box::pin(doctor::run(args)),
    };
    command.await
}

/// The time that the database has to accept a new connection while a request waits for it. So a request whose database
/// is gone is answered within two seconds. Packets of a new connection that were lost are sent again after one second.
const REACHABLE_WITHIN: Duration = Duration::from_millis(1_100);

/// Opens a database whose schema is up to date. The schema of an SQLite database is updated; other databases need
/// `countermand migrate`.
async fn open_database(args: &DatabaseArgs) -> anyhow::Result<Database> {
    let database = Database::connect(&connect_options(args)).await?;
    let unreadable = || format!("cannot read the schema of {}", database.url());
    if database.needs_migration().await.with_context(unreadable)? {
        anyhow::ensure!(
            database.is_sqlite(),
            "the schema of {} is older than this program: run `countermand migrate` first",
            database.url()
        );
        database
            .migrate()
            .await
            .with_context(|| format!("cannot migrate {}", database.url()))?;
    }
    Ok(database)
}

/// Opens a database as [`open_database`] does, and never creates one: a mistake in the URL must not make a new shop.
async fn open_existing_database(args: &DatabaseArgs) -> anyhow::Result<Database> {
    let options = ConnectOptions {
        creates_file: false,
        ..connect_options(args)
    };
    let database = Database::connect(&options).await?;
    let unreadable = || format!("cannot read the schema of {}", database.url());
    anyhow::ensure!(
        !database.is_empty().await.with_context(unreadable)?,
        "{} holds no shop: run `countermand migrate` first",
        database.url()
    );
    database.close().await;
    open_database(args).await
}

/// Opens a database as [`open_database`] does, with a time limit of `limit` for each statement.
async fn open_database_for_requests(args: &DatabaseArgs, limit: Duration) -> anyhow::Result<Database> {
    // The time limit must not end an update of the schema, so the update runs on a connection without it.
    open_database(args).await?.close().await;
    let options = ConnectOptions {
        statement_timeout: Some(limit),
        reachable_within: REACHABLE_WITHIN,
        ..connect_options(args)
    };
    Ok(Database::connect(&options).await?)
}

fn connect_options(args: &DatabaseArgs) -> ConnectOptions {
    ConnectOptions {
        max_connections: args.database_connections,
        behind_pooler: args.database_pooler == Pooler::Transaction,
        ..ConnectOptions::new(&args.database_url)
    }
}

async fn open_app(database: Database, settings: AppSettings) -> anyhow::Result<App> {
    open_app_for_webhooks(database, settings, &WebhookArgs::default()).await
}

/// Opens the app as [`open_app`] does; webhooks may also reach the networks of `webhooks`.
async fn open_app_for_webhooks(
    database: Database,
    settings: AppSettings,
    webhooks: &WebhookArgs,
) -> anyhow::Result<App> {
    let adapters = ProviderAdapters::new(system_env().clock)?;
    let sender = HttpWebhookSender::new(webhooks.networks.clone(), system_env().clock)?;
    let app = App::new(database, system_env(), settings).await?;
    Ok(app
        .with_payment_providers(Arc::new(adapters))
        .with_webhook_sender(Arc::new(sender)))
}

/// The sales channels of the options; none without a file.
fn open_channels(args: &ChannelArgs, database: &Database) -> anyhow::Result<Channels> {
    let watched = |channel: &str| -> Arc<dyn WatchedOrders> {
        Arc::new(KeptOrders {
            database: database.clone(),
            channel: channel.to_owned(),
        })
    };
    match &args.file {
        Some(file) => Ok(read_channels(file, &system_env(), &watched)?),
        None => Ok(Channels::default()),
    }
}

/// The mailer of the options: it sends to the SMTP server, or writes files if there is none.
fn open_mailer(args: &MailArgs) -> anyhow::Result<Box<dyn Mailer>> {
    let templates = open_templates(args.style.mail_templates.as_deref())?;
    let Some(url) = &args.smtp_url else {
        return Ok(Box::new(FileMailer::new(
            &args.mail_dir,
            &args.mail_from,
            templates,
        )?));
    };
    Ok(Box::new(match &args.style.smtp_ca {
        None => SmtpMailer::new(url, &args.mail_from, templates)?,
        Some(file) => {
            let authorities =
                std::fs::read(file).with_context(|| format!("cannot read SMTP_CA at {}", file.display()))?;
            SmtpMailer::trusting(&authorities, url, &args.mail_from, templates)?
        }
    }))
}

/// The built-in templates, with those of `folder` in their place.
fn open_templates(folder: Option<&Path>) -> anyhow::Result<MailTemplates> {
    let Some(folder) = folder else {
        return Ok(MailTemplates::built_in());
    };
    let templates = MailTemplates::with_overrides(folder)?;
    for file in templates.unknown_files() {
        tracing::warn!(file = %file.display(), "the file is not used, because no mail has a template of this name");
    }
    Ok(templates)
}
