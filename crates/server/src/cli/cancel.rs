//! The options of `countermand cancel`.

use clap::{ArgGroup, Args};
use countermand_domain::MOST_BULK_ORDERS_PER_SECOND;

use super::{DatabaseArgs, token_name};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("orders").required(true).multiple(true).args(["filter", "order", "resume"]))]
pub(crate) struct CancelArgs {
    /// Condition that an order must meet, such as `status=processing`; may be given several times. The conditions are
    /// store, status, state, number, email, name, sku, placed-from and placed-to.
    #[arg(long, value_name = "NAME=VALUE", conflicts_with_all = ["order", "resume"])]
    pub(crate) filter: Vec<String>,
    /// Number of an order; may be given several times.
    #[arg(long, value_name = "NUMBER", conflicts_with = "resume")]
    pub(crate) order: Vec<String>,
    /// Id of a job that was interrupted or stopped, to go on with.
    #[arg(long, value_name = "ID", conflicts_with_all = ["dry_run", "reason"])]
    pub(crate) resume: Option<String>,
    /// Code of the reason for all cancellations.
    #[arg(long, value_name = "CODE", required_unless_present = "resume")]
    pub(crate) reason: Option<String>,
    /// Comment for all cancellations, which the buyers see.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) comment: Option<String>,
    /// Whether the buyers are told by mail; without it, the setting of each store view decides. Workers send the mails.
    #[arg(long, value_name = "true|false", conflicts_with = "resume")]
    pub(crate) notify: Option<bool>,
    /// Print what would become of the orders, and cancel none.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Most orders that are canceled in a second; without it, the setting of the shop decides.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(1..=i64::from(MOST_BULK_ORDERS_PER_SECOND)))]
    pub(crate) per_second: Option<i32>,
    /// Key with which the command can be repeated: it begins the job once.
    #[arg(long, value_name = "TEXT", conflicts_with = "resume")]
    pub(crate) key: Option<String>,
    /// Name of the person, which the audit log shows.
    #[arg(long, value_name = "NAME", value_parser = token_name)]
    pub(crate) actor: String,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}
