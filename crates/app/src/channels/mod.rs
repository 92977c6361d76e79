//! Sales channels, such as marketplaces: their orders are read, staff cancels one there, and the channel decides.

pub mod cancel;
mod decide;
mod follow;
pub(crate) mod hold;
pub mod list;
mod problem;
mod pull;
mod request_notice;
mod send;
mod settle;
pub mod turn;
pub mod watch;

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use countermand_domain::ChannelWay;
pub use countermand_persistence::{ChannelOrderPage, ChannelOrderPlace, ChannelOrderSearch, ChannelPulls};

use crate::ports::SalesChannel;

/// A channel of the configuration.
#[derive(Clone)]
pub struct ConfiguredChannel {
    /// The name in the configuration, such as `amazon-de`: 1 to 32 characters.
    pub name: String,
    /// The kind of channel, by which reasons have their codes: `amazon`, `scx`, `buy_with_prime`.
    pub kind: &'static str,
    /// The adapter that speaks with the channel.
    pub adapter: Arc<dyn SalesChannel>,
    /// How much time passes between two readings of the orders.
    pub reads_every: TimeDelta,
    /// How far back the first reading goes.
    pub first_reading: TimeDelta,
}

/// The channels of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Channels(Arc<[ConfiguredChannel]>);

impl Channels {
    /// These channels. Their names differ.
    #[must_use]
    pub fn new(channels: Vec<ConfiguredChannel>) -> Self {
        Self(channels.into())
    }

    /// The channels, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[ConfiguredChannel] {
        &self.0
    }

    /// The channel called `name`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&ConfiguredChannel> {
        self.0.iter().find(|channel| channel.name == name)
    }
}

impl ConfiguredChannel {
    /// The place of the channel's codes for reasons in `market`.
    #[must_use]
    pub fn way(&self, market: Option<&str>) -> ChannelWay {
        ChannelWay::new(self.kind, market.unwrap_or("*"), self.adapter.capabilities().way)
    }
}

impl fmt::Debug for ConfiguredChannel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConfiguredChannel")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
