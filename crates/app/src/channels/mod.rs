//! Sales channels, such as marketplaces: their orders are read, staff cancels one there, and the channel decides.

mod answer_by;
pub mod cancel;
mod decide;
pub mod decline;
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

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::ChannelWay;
use countermand_domain::channel::{ChannelOrder, ChannelOrderNumber};
pub use countermand_persistence::{ChannelOrderPage, ChannelOrderPlace, ChannelOrderSearch, ChannelPulls};

use crate::ports::{ChannelError, ChannelPage, SalesChannel};

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

/// How far a channel's clock may be ahead. A change that claims to come later cannot be read: it would hide all changes
/// before it.
const CLOCK_AHEAD: TimeDelta = TimeDelta::hours(1);

impl ConfiguredChannel {
    /// Reads one order; none when the channel does not know it.
    pub(crate) async fn order(
        &self,
        number: &ChannelOrderNumber,
        now: DateTime<Utc>,
    ) -> Result<Option<ChannelOrder>, ChannelError> {
        let order = self.adapter.order(number).await?;
        match order.as_ref().and_then(|order| from_the_future(order, now)) {
            Some(problem) => Err(ChannelError::Unreadable(problem)),
            None => Ok(order),
        }
    }

    /// Reads a page of the orders that changed since `since`; `page` is the token of an earlier answer.
    pub(crate) async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<ChannelPage, ChannelError> {
        let mut page = self.adapter.changed_orders(since, page).await?;
        let unreadable = &mut page.unreadable;
        page.orders.retain(|order| match from_the_future(order, now) {
            Some(problem) => {
                unreadable.push((order.number.as_str().into(), problem));
                false
            }
            None => true,
        });
        page.reaches_to = page.reaches_to.map(|at| at.min(now));
        Ok(page)
    }

    /// The place of the channel's codes for reasons in `market`.
    #[must_use]
    pub fn way(&self, market: Option<&str>) -> ChannelWay {
        ChannelWay::new(self.kind, market.unwrap_or("*"), self.adapter.capabilities().way)
    }
}

/// What is wrong with the time of `order`; none where it can be believed.
fn from_the_future(order: &ChannelOrder, now: DateTime<Utc>) -> Option<String> {
    let is_ahead = order.updated_at > now + CLOCK_AHEAD;
    is_ahead.then(|| format!("it says that it changes in the future, at {}", order.updated_at))
}

impl fmt::Debug for ConfiguredChannel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConfiguredChannel")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
