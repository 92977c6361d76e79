//! The options of `countermand report`.

use clap::{Args, ValueEnum};
use countermand_app::reports::cancellation_report::ReportGroup;

use super::DatabaseArgs;

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// First day of the report, `YYYY-MM-DD`.
    #[arg(long, value_name = "DAY")]
    pub(crate) from: String,
    /// Last day of the report, `YYYY-MM-DD`; it is included. A report has at most 366 days.
    #[arg(long, value_name = "DAY")]
    pub(crate) to: String,
    /// Time zone in which days begin, such as `Europe/Amsterdam`; without it, that of the store view.
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Code of the store view of the orders; without it, all store views.
    #[arg(long, value_name = "CODE")]
    pub(crate) store: Option<String>,
    /// What the rows distinguish.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "reason",
        value_name = "WHAT"
    )]
    pub(crate) by: Vec<ReportBy>,
    /// Print CSV (RFC 4180) instead of a table.
    #[arg(long)]
    pub(crate) csv: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportBy {
    /// Day of the cancellation.
    Day,
    /// Store view of the order.
    Store,
    /// Reason of the cancellation.
    Reason,
    /// Who canceled: customers, guests, or a member of staff.
    Actor,
}

impl From<ReportBy> for ReportGroup {
    fn from(by: ReportBy) -> Self {
        match by {
            ReportBy::Day => Self::Day,
            ReportBy::Store => Self::Store,
            ReportBy::Reason => Self::Reason,
            ReportBy::Actor => Self::Actor,
        }
    }
}
