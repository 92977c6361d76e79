//! The options for sales channels, and the command that reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DatabaseArgs;

#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelArgs {
    /// JSON file that names the sales channels (docs/channels.md); without one, there are none.
    #[arg(long = "channels", env = "CHANNELS_FILE", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ChannelCommandArgs {
    #[command(subcommand)]
    pub(crate) action: ChannelAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChannelAction {
    /// Lists the sales channels, and how far the orders of each are read.
    List(ChannelCommonArgs),
    /// Reads the changed orders of a sales channel now, and sends what waits.
    Sync {
        /// The name of the channel in the file.
        name: String,
        #[command(flatten)]
        common: ChannelCommonArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ChannelCommonArgs {
    #[command(flatten)]
    pub(crate) channels: ChannelArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}
