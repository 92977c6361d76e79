//! `countermand cancel`: cancels many orders with one job, which it begins, carries out and can go on with.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use comfy_table::Table;
use countermand_app::bulk::BulkCancellation;
use countermand_app::bulk::forecast::BulkForecast;
use countermand_app::bulk::start::{BulkCancelOrders, BulkSelection};
use countermand_app::orders::find_orders::OrderSearch;
use countermand_app::{App, AppSettings, Viewer, failure};
use countermand_domain::{BulkOrderState, BulkState, Money, OrderNumber, Shop};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::cli::CancelArgs;
use crate::command::import::{STOPPED, stop_on_ctrl_c};
use crate::command::{open_app, open_existing_database};
use crate::print;

/// How long the command waits when the job has to wait for its pace or for another worker.
const REST: Duration = Duration::from_millis(100);
/// The most refused orders that are printed one by one.
const MOST_TOLD: usize = 20;

pub(super) async fn run(args: CancelArgs) -> anyhow::Result<ExitCode> {
    let app = open_app(
        open_existing_database(&args.database).await?,
        AppSettings::default(),
    )
    .await?;
    let viewer = app.operator(&args.actor, None).await?;
    let stop = stop_on_ctrl_c();
    let job = if let Some(id) = &args.resume {
        let resumed = failure::split(app.resume_bulk_cancellation(&viewer, id).await)?;
        resumed.map_err(|refusal| anyhow::anyhow!("{id}: {}", refusal.message))?
    } else {
        let command = read(&args, &viewer.shop)?;
        if args.dry_run {
            let forecast = app.forecast_bulk_cancellation(&viewer, &command).await;
            let forecast = failure::split(forecast)?.map_err(|refusal| about(&refusal))?;
            app.close().await;
            return tell_forecast(&forecast);
        }
        let key = args.key.clone().unwrap_or_else(|| app.fresh_key());
        let begun = app.bulk_cancel_orders(&viewer, &command, &key, args.per_second);
        failure::split(begun.await)?.map_err(|refusal| about(&refusal))?
    };
    let done = carry_out(&app, &viewer, &job, &stop).await?;
    let code = tell(&app, &viewer, &done).await?;
    app.close().await;
    Ok(code)
}

/// Works on the job until each order has its result, until it is stopped, or until Ctrl-C, which stops it.
async fn carry_out(
    app: &App,
    viewer: &Viewer,
    job: &BulkCancellation,
    stop: &CancellationToken,
) -> anyhow::Result<BulkCancellation> {
    let bar = progress_bar(job.total());
    loop {
        let turn = app
            .work_on_bulk_cancellation(&job.id, &|| stop.is_cancelled())
            .await?;
        if stop.is_cancelled() {
            // A job that is done by now stays done.
            failure::split(app.stop_bulk_cancellation(viewer, &job.id).await)?.ok();
        }
        let now = app.bulk_cancellation(viewer, &job.id).await?;
        let now = now.with_context(|| format!("the job {} is gone", job.id))?;
        bar.set_position(now.total() - now.count(BulkOrderState::Waiting));
        bar.set_message(format!("{} refused", now.count(BulkOrderState::Refused)));
        if matches!(now.state, BulkState::Done | BulkState::Stopped) {
            bar.finish_and_clear();
            return Ok(now);
        }
        if turn == 0 {
            tokio::select! {
                () = tokio::time::sleep(REST) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// The progress bar, which is hidden unless standard error is a terminal.
fn progress_bar(orders: u64) -> ProgressBar {
    let bar = ProgressBar::new(orders);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints the counts of a job, and the first orders that it did not cancel.
async fn tell(app: &App, viewer: &Viewer, job: &BulkCancellation) -> anyhow::Result<ExitCode> {
    let limit = u64::try_from(MOST_TOLD).unwrap_or(u64::MAX);
    for state in [BulkOrderState::Refused, BulkOrderState::Failed] {
        let page = app.bulk_orders(viewer, &job.id, Some(state), None, limit).await?;
        for order in &page.orders {
            print::problem(format_args!(
                "order {}: {} ({})",
                order.order, order.message, order.code
            ));
        }
        if page.has_more {
            print::problem("more orders are not canceled: the query `bulkCancellation` lists them");
        }
    }
    let count = |state| usize::try_from(job.count(state)).unwrap_or(usize::MAX);
    let refunds: Vec<Money> = job.counts.iter().filter_map(|count| count.refund).collect();
    let (refused, failed) = (count(BulkOrderState::Refused), count(BulkOrderState::Failed));
    let waiting = count(BulkOrderState::Waiting);
    print::line(table(
        &job.id,
        &[count(BulkOrderState::Canceled), refused, failed, waiting],
        &refunds,
    ))?;
    if job.state == BulkState::Stopped {
        print::problem(format_args!(
            "stopped: `countermand cancel --resume {}` goes on with the others",
            job.id
        ));
        return Ok(ExitCode::from(STOPPED));
    }
    Ok(if refused + failed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Prints what would become of the orders.
fn tell_forecast(forecast: &BulkForecast) -> anyhow::Result<ExitCode> {
    let refusal = |it: &countermand_app::cancel::cancel_orders_as_admin::OrderOutcome| {
        let refusal = it.outcome.as_ref().err()?;
        let code: &'static str = refusal.code.into();
        Some(format!("order {}: {} ({code})", it.order, refusal.message))
    };
    let refusals: Vec<_> = forecast.outcomes.iter().filter_map(refusal).collect();
    for refusal in refusals.iter().take(MOST_TOLD) {
        print::problem(refusal);
    }
    if refusals.len() > MOST_TOLD {
        print::problem(format_args!(
            "{} more orders would be refused",
            refusals.len() - MOST_TOLD
        ));
    }
    let counts = [forecast.canceled(), refusals.len(), 0, 0];
    print::line(table("dry run", &counts, &forecast.refunds()?))?;
    Ok(if refusals.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn table(job: &str, counts: &[usize; 4], refunds: &[Money]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_header(["job", "canceled", "refused", "failed", "waiting", "refunded"]);
    let mut row = vec![job.to_owned()];
    row.extend(counts.iter().map(ToString::to_string));
    let refunds: Vec<_> = refunds.iter().map(ToString::to_string).collect();
    row.push(refunds.join(", "));
    table.add_row(row);
    table
}

/// The command that the options mean.
fn read(args: &CancelArgs, shop: &Shop) -> anyhow::Result<BulkCancelOrders> {
    let selection = if args.order.is_empty() {
        let mut search = OrderSearch::default();
        for filter in &args.filter {
            narrow(&mut search, filter, shop)?;
        }
        BulkSelection::Search(Box::new(search))
    } else {
        BulkSelection::Numbers(
            args.order
                .iter()
                .map(|it| OrderNumber::from(it.as_str()))
                .collect(),
        )
    };
    Ok(BulkCancelOrders {
        selection,
        reason: args.reason.clone().unwrap_or_default(),
        comment: args.comment.clone(),
        notifies_customer: args.notify,
    })
}

/// Adds one condition, such as `status=processing`.
fn narrow(search: &mut OrderSearch, filter: &str, shop: &Shop) -> anyhow::Result<()> {
    let (name, value) = filter
        .split_once('=')
        .filter(|(_, value)| !value.is_empty())
        .with_context(|| {
            format!("`{filter}` is no condition: write NAME=VALUE, such as status=processing")
        })?;
    let text = Some(value.to_owned());
    match name {
        "store" => {
            let store = shop.store_by_code(value).map(|store| store.number);
            search.store = Some(store.with_context(|| format!("there is no store view `{value}`"))?);
        }
        "status" => search.status = text,
        "state" => {
            let state = value.parse();
            search.facts.state = Some(state.map_err(|_| anyhow::anyhow!("there is no state `{value}`"))?);
        }
        "number" => search.number = Some(OrderNumber::from(value)),
        "email" => search.email = text,
        "name" => search.facts.name_part = text,
        "sku" => search.facts.sku_part = text,
        "placed-from" => search.placed.from = Some(moment(value, TimeDelta::zero())?),
        "placed-to" => {
            search.placed.to = Some(moment(value, TimeDelta::days(1) - TimeDelta::microseconds(1))?);
        }
        _ => anyhow::bail!("there is no condition `{name}`: see `countermand cancel --help`"),
    }
    Ok(())
}

/// An instant, or the place `within` a day in UTC.
fn moment(text: &str, within: TimeDelta) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    day.and_then(|day| day.and_time(NaiveTime::MIN).and_utc().checked_add_signed(within))
        .with_context(|| format!("`{text}` is no day: write 2026-01-31 or 2026-01-31T12:00:00Z"))
}

fn about(refusal: &countermand_app::UserError) -> anyhow::Error {
    let field = refusal.field.as_deref().unwrap_or_default();
    anyhow::anyhow!("{field} {}", refusal.message)
}
