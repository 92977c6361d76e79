//! The option for webhooks, and the command that manages their endpoints.

use clap::{Args, Subcommand};
use ipnet::IpNet;

use super::limits::network;
use super::{DatabaseArgs, SecretArgs};

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct WebhookArgs {
    /// Addresses or networks that are not public and that webhooks may reach all the same, separated by commas; only
    /// these are reached without TLS.
    #[arg(long = "webhook-networks", env = "WEBHOOK_NETWORKS", value_name = "NETWORKS", value_delimiter = ',', value_parser = network)]
    pub(crate) networks: Vec<IpNet>,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookCommandArgs {
    #[command(subcommand)]
    pub(crate) action: WebhookAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookAction {
    /// Makes an endpoint and prints its secret; the secret cannot be shown again.
    Create {
        /// Address of the endpoint.
        #[arg(value_name = "URL")]
        address: String,
        /// Events that the endpoint wants, such as `order.canceled,order.shipped`; without them, it wants all.
        #[arg(long, value_name = "KINDS", value_delimiter = ',')]
        events: Vec<String>,
        #[command(flatten)]
        webhooks: WebhookArgs,
        #[command(flatten)]
        secrets: SecretArgs,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Lists the endpoints with their ids, addresses, events and states, but not the secrets.
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Pauses an endpoint: its messages wait.
    Pause(WebhookTarget),
    /// Lets an endpoint go on that is paused or was switched off.
    Resume(WebhookTarget),
    /// Gives an endpoint a new secret and prints it; the old one signs too for some hours.
    Rotate {
        #[command(flatten)]
        target: WebhookTarget,
        /// Hours for which the old secret signs too.
        #[arg(long, default_value_t = countermand_app::webhooks::endpoint::OVERLAP_HOURS)]
        overlap_hours: i64,
    },
    /// Sends a test event to an endpoint; a worker sends it.
    Test(WebhookTarget),
    /// Deletes an endpoint.
    Delete(WebhookTarget),
}

#[derive(Debug, Args)]
pub(crate) struct WebhookTarget {
    /// Id that `webhook list` shows.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}
