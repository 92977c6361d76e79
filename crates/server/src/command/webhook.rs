//! `countermand webhook`: manages the endpoints that are told of events.

use std::process::ExitCode;

use comfy_table::Table;
use countermand_app::webhooks::endpoint::{
    ChangeWebhookEndpoint, CreateWebhookEndpoint, WebhookEndpoint, WebhookState,
};
use countermand_app::{App, AppSettings, Failure, UserError, Viewer, failure};

use crate::cli::{DatabaseArgs, SecretArgs, WebhookAction, WebhookArgs, WebhookTarget};
use crate::command::serve::close;
use crate::command::{open_app_for_webhooks, open_existing_database};
use crate::print;

/// The name under which the audit log knows the person at the command line.
const OPERATOR: &str = "command-line";

pub(super) async fn run(action: WebhookAction) -> anyhow::Result<ExitCode> {
    match action {
        WebhookAction::Create {
            address,
            events,
            webhooks,
            secrets,
            database,
        } => {
            let (app, viewer) = open(&database, &secrets, &webhooks).await?;
            let asked = CreateWebhookEndpoint {
                address,
                event_kinds: events,
            };
            let done = app.create_webhook_endpoint(&viewer, &asked).await;
            close(&app).await;
            let made = done_or_words(done)?;
            print::line(format_args!("endpoint: {}", made.endpoint.id))?;
            print::line(format_args!("secret: {}", made.secret))?;
        }
        WebhookAction::List { database } => {
            let (app, viewer) = open(&database, &SecretArgs::default(), &WebhookArgs::default()).await?;
            let endpoints = app.webhook_endpoints(&viewer).await;
            close(&app).await;
            print::line(table(&endpoints?))?;
        }
        WebhookAction::Pause(target) => pause(&target, true).await?,
        WebhookAction::Resume(target) => pause(&target, false).await?,
        WebhookAction::Rotate {
            target,
            overlap_hours,
        } => {
            let (app, viewer) = open_target(&target).await?;
            let done = app
                .rotate_webhook_secret(&viewer, &target.id, overlap_hours)
                .await;
            close(&app).await;
            print::line(format_args!("secret: {}", done_or_words(done)?.secret))?;
        }
        WebhookAction::Test(target) => {
            let (app, viewer) = open_target(&target).await?;
            let done = app.send_test_event(&viewer, &target.id).await;
            close(&app).await;
            print::line(format_args!("event: {}", done_or_words(done)?))?;
        }
        WebhookAction::Delete(target) => {
            let (app, viewer) = open_target(&target).await?;
            let done = app.delete_webhook_endpoint(&viewer, &target.id).await;
            close(&app).await;
            print::line(format_args!("deleted: {}", done_or_words(done)?.address))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open_target(target: &WebhookTarget) -> anyhow::Result<(App, Viewer)> {
    open(&target.database, &target.secrets, &WebhookArgs::default()).await
}

async fn open(
    database: &DatabaseArgs,
    secrets: &SecretArgs,
    webhooks: &WebhookArgs,
) -> anyhow::Result<(App, Viewer)> {
    let database = open_existing_database(database).await?;
    let app = open_app_for_webhooks(database, AppSettings::default(), webhooks).await?;
    let app = app.with_secret_keys(&secrets.keys()?)?;
    let viewer = app.operator(OPERATOR, None).await?;
    Ok((app, viewer))
}

async fn pause(target: &WebhookTarget, is_paused: bool) -> anyhow::Result<()> {
    let (app, viewer) = open_target(target).await?;
    let asked = ChangeWebhookEndpoint {
        is_paused: Some(is_paused),
        ..ChangeWebhookEndpoint::default()
    };
    let done = app.change_webhook_endpoint(&viewer, &target.id, &asked).await;
    close(&app).await;
    let state = state_text(done_or_words(done)?.state);
    print::line(format_args!("state: {state}"))?;
    Ok(())
}

fn table(endpoints: &[WebhookEndpoint]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["id", "address", "events", "state", "problem"]);
    for endpoint in endpoints {
        let kinds = endpoint.filter.to_string();
        table.add_row([
            endpoint.id.as_str(),
            endpoint.address.as_str(),
            if kinds.is_empty() { "all" } else { kinds.as_str() },
            state_text(endpoint.state),
            endpoint.problem.as_str(),
        ]);
    }
    table
}

fn state_text(state: WebhookState) -> &'static str {
    match state {
        WebhookState::Active => "active",
        WebhookState::Paused => "paused",
        WebhookState::SwitchedOff => "switched off",
    }
}

fn done_or_words<T>(done: Result<T, Failure<UserError>>) -> anyhow::Result<T> {
    failure::split(done)?.map_err(|refusal| anyhow::anyhow!(refusal.message))
}
