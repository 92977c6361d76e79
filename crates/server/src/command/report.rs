//! `countermand report`: counts the orders that were canceled in a span of days.

use std::process::ExitCode;

use comfy_table::Table;
use countermand_app::reports::cancellation_report::{CancellationReport, ReportRequest};
use countermand_app::{AppSettings, failure};

use crate::cli::ReportArgs;
use crate::command::{open_app, open_existing_database};
use crate::print;

pub(super) async fn run(args: ReportArgs) -> anyhow::Result<ExitCode> {
    let opened = open_existing_database(&args.database).await?;
    let store = match &args.store {
        None => None,
        Some(code) => {
            let shop = opened.shop().await?;
            let found = shop.store_by_code(code).map(|store| store.number);
            Some(found.ok_or_else(|| anyhow::anyhow!("there is no store view `{code}`"))?)
        }
    };
    let app = open_app(opened, AppSettings::default()).await?;
    let request = ReportRequest {
        from: args.from,
        to: args.to,
        time_zone: args.time_zone,
        store,
        groups: args.by.into_iter().map(Into::into).collect(),
    };
    let report = failure::split(app.cancellation_report_of(&request).await)?;
    app.close().await;
    let report = report.map_err(|refusal| anyhow::anyhow!(refusal.message))?;
    if args.csv {
        print::all(report.csv().as_bytes())?;
    } else {
        print::line(format_args!("{}\n{}", table(&report), summary(&report)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(report: &CancellationReport) -> Table {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header([
        "day",
        "store",
        "reason",
        "actor",
        "canceled",
        "placed",
        "never billed",
        "refunded",
    ]);
    for row in &report.rows {
        table.add_row([
            row.day.map(|day| day.to_string()).unwrap_or_default(),
            row.store.clone().unwrap_or_default(),
            row.reason.clone().unwrap_or_default(),
            row.actor.clone().unwrap_or_default(),
            row.canceled_orders.to_string(),
            row.orders_placed.to_string(),
            row.canceled.to_string(),
            row.refunded.to_string(),
        ]);
    }
    table
}

fn summary(report: &CancellationReport) -> String {
    format!(
        "{} orders canceled and {} placed from {} to {} ({})",
        report.canceled_orders,
        report.orders_placed,
        report.days.from(),
        report.days.to(),
        report.days.zone()
    )
}
