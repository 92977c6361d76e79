//! `countermand import`: imports orders from files.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use comfy_table::Table;
use countermand_app::orders::import_orders::{ImportSummary, ImportTarget, RefusedOrder};
use countermand_app::{App, AppSettings};
use countermand_domain::{Actor, StoreNumber};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::cli::ImportArgs;
use crate::command::{open_app, open_existing_database};
use crate::orders_file::OrdersFile;
use crate::print;

/// The exit code of a program that Ctrl-C ended.
pub(super) const STOPPED: u8 = 130;

pub(super) async fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let database = open_existing_database(&args.database).await?;
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
    let stop = stop_on_ctrl_c();
    let mut code = ExitCode::SUCCESS;
    for file in &args.files {
        let summary = import(&app, file, only, &stop).await?;
        tell(file, &summary)?;
        if summary.refused_count > 0 {
            code = ExitCode::FAILURE;
        }
        if summary.stopped {
            print::problem(
                "stopped: the orders in the table are done; the same command goes on with the others",
            );
            code = ExitCode::from(STOPPED);
            break;
        }
        if summary.found() == 0 {
            print::problem(format_args!("{}: holds no orders", file.display()));
            code = ExitCode::FAILURE;
        }
    }
    app.close().await;
    Ok(code)
}

/// A token that the first Ctrl-C cancels; the second one ends the program at once.
pub(super) fn stop_on_ctrl_c() -> CancellationToken {
    let stop = CancellationToken::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        let wait = async || {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        wait().await;
        pressed.cancel();
        wait().await;
        std::process::exit(i32::from(STOPPED));
    });
    stop
}

async fn import(
    app: &App,
    path: &Path,
    store: Option<StoreNumber>,
    stop: &CancellationToken,
) -> anyhow::Result<ImportSummary> {
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
    let mut told = 0;
    let progress = |summary: &ImportSummary| {
        bar.set_position(read.load(Ordering::Relaxed));
        bar.set_message(format!(
            "{} orders, {} refused",
            summary.found(),
            summary.refused_count
        ));
        bar.suspend(|| {
            for refused in &summary.refused[told..] {
                print::problem(refusal(path, refused));
            }
        });
        told = summary.refused.len();
    };
    let summary = app
        .import_orders(file.text, &target, progress, stop.cancelled())
        .await?;
    bar.finish_and_clear();
    Ok(summary)
}

/// A refusal with its file, line, order, field and value.
fn refusal(path: &Path, refused: &RefusedOrder) -> String {
    let number = refused.number.as_ref();
    let number = number.map(|it| format!(" order {it}:")).unwrap_or_default();
    let field = refused.field.as_deref().unwrap_or_default();
    let value = refused.value.as_deref().filter(|value| !value.is_empty());
    let value = value.map(|value| format!(" ({value})")).unwrap_or_default();
    let (path, line) = (path.display(), refused.position);
    format!("{path}:{line}:{number} {field} {}{value}", refused.message)
}

/// The progress bar, which is hidden unless standard error is a terminal.
fn progress_bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let template = if length.is_some() {
        "{wide_bar} {bytes}/{total_bytes} {eta}  {msg}"
    } else {
        "{spinner} {bytes}  {msg}"
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints the notes and the counts of a file.
fn tell(path: &Path, summary: &ImportSummary) -> anyhow::Result<()> {
    let untold = summary
        .refused_count
        .saturating_sub(u64::try_from(summary.refused.len()).unwrap_or(u64::MAX));
    if untold > 0 {
        print::problem(format_args!(
            "{}: {untold} more orders were refused",
            path.display()
        ));
    }
    for note in summary.notes.told() {
        print::line(format_args!("note: {note}"))?;
    }
    if summary.notes.untold() > 0 {
        print::line(format_args!("note: {} more notes", summary.notes.untold()))?;
    }
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header([
        "file",
        "imported",
        "updated",
        "skipped",
        "refused",
        "need attention",
    ]);
    let counts = [
        summary.imported,
        summary.updated,
        summary.skipped,
        summary.refused_count,
        summary.needs_attention,
    ];
    let mut row = vec![path.display().to_string()];
    row.extend(counts.map(|count| count.to_string()));
    table.add_row(row);
    print::line(table)
}
