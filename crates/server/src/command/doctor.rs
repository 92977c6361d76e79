//! `countermand doctor`: checks that all data is consistent.

use std::process::ExitCode;

use comfy_table::Table;
use countermand_app::AppSettings;
use indicatif::ProgressBar;

use crate::cli::DatabaseArgs;
use crate::command::{open_app, open_existing_database};
use crate::print;

pub(super) async fn run(args: DatabaseArgs) -> anyhow::Result<ExitCode> {
    let app = open_app(open_existing_database(&args).await?, AppSettings::default()).await?;
    let bar = ProgressBar::new_spinner();
    let report = app
        .doctor(|orders| bar.set_message(format!("{orders} orders")))
        .await?;
    bar.finish_and_clear();
    app.close().await;

    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["", "check", "violations", "examples"]);
    for finding in &report.findings {
        let mark = if finding.violations == 0 { "ok" } else { "BROKEN" };
        table.add_row([
            mark,
            finding.invariant,
            &finding.violations.to_string(),
            &finding.examples.join(", "),
        ]);
    }
    print::line(format_args!("{table}\n{} orders checked", report.orders))?;
    if report.unchained_events > 0 {
        print::line(format_args!(
            "{} events have no hash: versions before the chain of histories wrote them",
            report.unchained_events
        ))?;
    }
    Ok(if report.is_healthy() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
