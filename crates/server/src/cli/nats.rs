//! The options for NATS, and the command that ends the publication of events.

use std::fmt;

use clap::{Args, Subcommand};
use countermand_integrations::nats::subject_prefix;

use super::DatabaseArgs;

#[derive(Clone, Args)]
pub(crate) struct NatsArgs {
    /// NATS server to which each event is published: `nats://USER:PASSWORD@HOST:4222`, `nats://TOKEN@HOST` or
    /// `tls://...`; several servers of a cluster are separated by commas.
    #[arg(long, env = "NATS_URL", hide_env_values = true)]
    pub(crate) nats_url: Option<String>,
    /// First words of the subjects of events.
    #[arg(long, env = "NATS_PREFIX", default_value = "countermand", value_parser = subject_prefix)]
    pub(crate) nats_prefix: String,
}

#[derive(Debug, Args)]
pub(crate) struct NatsCommandArgs {
    #[command(subcommand)]
    pub(crate) action: NatsAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NatsAction {
    /// Publishes no more events, and drops those that wait. Stop the servers that have `NATS_URL` first.
    Stop(DatabaseArgs),
}

impl fmt::Debug for NatsArgs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NatsArgs")
            .field("nats_prefix", &self.nats_prefix)
            .finish_non_exhaustive()
    }
}
