//! The options of `countermand customer`.

use clap::{Args, Subcommand};

use super::DatabaseArgs;

#[derive(Debug, Args)]
pub(crate) struct CustomerArgs {
    #[command(subcommand)]
    pub(crate) action: CustomerAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerAction {
    /// Prints what the shop holds about a person, as one JSON document.
    Export {
        #[command(flatten)]
        person: PersonArgs,
    },
    /// Deletes the account of a person, and replaces what the orders say about the person; this cannot be undone.
    Erase {
        #[command(flatten)]
        person: PersonArgs,
        /// Confirms that the person is to be erased; without this flag, nothing is erased.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    /// E-mail address of the person.
    pub(crate) email: String,
    /// Code of the website of the account and of the orders.
    #[arg(long, value_name = "CODE", default_value = "base")]
    pub(crate) website: String,
    /// Include the orders that a guest placed with this address.
    #[arg(long)]
    pub(crate) guest_orders: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}
