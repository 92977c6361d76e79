//! `countermand channel`: lists sales channels, and reads one now.

use std::process::ExitCode;

use comfy_table::Table;
use countermand_app::{App, AppSettings};
use tokio_util::sync::CancellationToken;

use crate::cli::{ChannelAction, ChannelCommonArgs};
use crate::command::serve::{close, stop_on_signal};
use crate::command::{open_app, open_channels, open_existing_database};
use crate::print;

/// The name under which the audit log knows the person at the command line.
const OPERATOR: &str = "command-line";

pub(super) async fn run(action: ChannelAction) -> anyhow::Result<ExitCode> {
    match action {
        ChannelAction::List(common) => {
            let app = open(&common).await?;
            list(&app).await?;
            close(&app).await;
            Ok(ExitCode::SUCCESS)
        }
        ChannelAction::Sync { name, common } => {
            let app = open(&common).await?;
            let done = sync(&app, &name).await;
            close(&app).await;
            done
        }
    }
}

async fn open(common: &ChannelCommonArgs) -> anyhow::Result<App> {
    anyhow::ensure!(
        common.channels.file.is_some(),
        "name the file of the sales channels with --channels or CHANNELS_FILE"
    );
    let database = open_existing_database(&common.database).await?;
    let channels = open_channels(&common.channels, &database)?;
    Ok(open_app(database, AppSettings::default())
        .await?
        .with_channels(channels))
}

async fn list(app: &App) -> anyhow::Result<()> {
    let viewer = app.operator(OPERATOR, None).await?;
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header([
        "channel",
        "kind",
        "cancels by",
        "read at",
        "problem",
    ]);
    for channel in app.sales_channels(&viewer).await? {
        let read_at = channel.pulls.as_ref().and_then(|pulls| pulls.read_at);
        table.add_row([
            channel.name,
            channel.kind.into(),
            channel.capabilities.way.into(),
            read_at.map_or_else(
                || "never".into(),
                |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
            ),
            channel.pulls.map_or_else(String::new, |pulls| pulls.problem),
        ]);
    }
    print::line(table)?;
    Ok(())
}

async fn sync(app: &App, name: &str) -> anyhow::Result<ExitCode> {
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let changed = app.read_sales_channel(name, &|| stop.is_cancelled()).await?;
    let Some(changed) = changed else {
        anyhow::bail!("the file names no sales channel `{name}`");
    };
    let viewer = app.operator(OPERATOR, None).await?;
    let channels = app.sales_channels(&viewer).await?;
    let pulls = channels.into_iter().find(|channel| channel.name == name);
    match pulls.and_then(|channel| channel.pulls) {
        Some(pulls) if !pulls.problem.is_empty() => {
            anyhow::bail!("changed orders: {changed}, then: {}", pulls.problem)
        }
        _ => print::line(format_args!("changed orders: {changed}"))?,
    }
    Ok(ExitCode::SUCCESS)
}
