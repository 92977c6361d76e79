//! `countermand import`: imports orders from files.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use comfy_table::Table;
use countermand_app::orders::import_orders::{ImportSummary, ImportTarget};
use countermand_app::{App, AppSettings};
use countermand_domain::{Actor, StoreNumber};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::ImportArgs;
use crate::command::{open_app, open_database};
use crate::orders_file::OrdersFile;

pub(super) async fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let database = open_database(&args.database).await?;
    let only = match &args.store {
        None => None,
        Some(code) => {
            let found = database
                .shop()
                .await?
                .store_by_code(code)
                .map(|store| store.number);
            Some(found.ok_or_else(|| anyhow::anyhow!("there is no store view `{code}`"))?)
        }
    };
    let app = open_app(database, AppSettings::default()).await?;
    let mut refused = false;
    for file in &args.files {
        let summary = import(&app, file, only).await?;
        refused |= summary.refused_count > 0;
        print(file, &summary);
    }
    app.close().await;
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn import(app: &App, path: &Path, store: Option<StoreNumber>) -> anyhow::Result<ImportSummary> {
    let file = OrdersFile::open(path)?;
    let bar = progress_bar(file.length);
    let target = ImportTarget {
        store,
        only: None,
        actor: Actor::System,
        origin: String::new(),
        send_confirmation: false,
    };
    let read = file.read.clone();
    let summary = app
        .import_orders(file.text, &target, |_| {
            bar.set_position(read.load(Ordering::Relaxed));
        })
        .await?;
    bar.finish_and_clear();
    Ok(summary)
}

/// The progress bar, which is hidden unless standard error is a terminal.
fn progress_bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let template = if length.is_some() {
        "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}"
    } else {
        "{spinner} {bytes} {bytes_per_sec}"
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn print(path: &Path, summary: &ImportSummary) {
    for refused in &summary.refused {
        let number = refused
            .number
            .as_ref()
            .map(|number| format!(" order {number}:"))
            .unwrap_or_default();
        let field = refused.field.as_deref().unwrap_or_default();
        let value = refused.value.as_deref().filter(|value| !value.is_empty());
        let value = value.map(|value| format!(" ({value})")).unwrap_or_default();
        eprintln!(
            "{}:{}:{number} {field} {}{value}",
            path.display(),
            refused.position,
            refused.message
        );
    }
    let untold = summary
        .refused_count
        .saturating_sub(u64::try_from(summary.refused.len()).unwrap_or(u64::MAX));
    if untold > 0 {
        eprintln!("{}: {untold} more orders were refused", path.display());
    }
    for note in &summary.notes {
        println!("note: {note}");
    }
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["file", "imported", "updated", "skipped", "refused"]);
    let counts = [
        summary.imported,
        summary.updated,
        summary.skipped,
        summary.refused_count,
    ];
    let mut row = vec![path.display().to_string()];
    row.extend(counts.map(|count| count.to_string()));
    table.add_row(row);
    println!("{table}");
}
