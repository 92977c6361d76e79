//! The reference server of the channel protocol, `examples/channel-server`, as a process.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_integrations::channels::http::{HttpChannel, HttpChannelSettings};
use serde_json::Value;

use crate::example_server::ExampleServer;
use crate::fixed_clock::FixedClock;

/// The token of the seller.
const TOKEN: &str = "the-sellers-token";
/// Where the clock of each adapter stands that has no other one.
pub const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
/// The time that an adapter waits for an answer, with room for a busy machine.
const PATIENT: Duration = Duration::from_secs(60);
/// The time that an adapter waits whose answer comes much later.
const IMPATIENT: Duration = Duration::from_secs(3);

/// A running channel; it ends with this value.
#[derive(Debug)]
pub struct ChannelServer(ExampleServer);

impl ChannelServer {
    /// Starts the server with `more` arguments; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start(more: &[&str]) -> Option<Self> {
        let arguments = [&["--token", TOKEN, "--slow-seconds", "120"], more].concat();
        let server = ExampleServer::start("channel-server", &arguments).await;
        server.map(Self)
    }

    /// An adapter.
    ///
    /// # Panics
    /// When the adapter cannot be made.
    #[must_use]
    pub fn channel(&self) -> HttpChannel {
        self.channel_with(TOKEN)
    }

    /// An adapter for a channel in `trouble`: it waits three seconds for an answer of one that is slow.
    ///
    /// # Panics
    /// When the adapter cannot be made.
    #[must_use]
    pub fn channel_in(&self, trouble: &str) -> HttpChannel {
        let patience = if trouble == "slow" { IMPATIENT } else { PATIENT };
        opened(&self.address, TOKEN, Arc::new(FixedClock::at(START)), patience)
    }

    /// An adapter with another token.
    ///
    /// # Panics
    /// When the adapter cannot be made.
    #[must_use]
    pub fn channel_with(&self, token: &str) -> HttpChannel {
        channel_at(&self.address, token)
    }

    /// An adapter that lives by `clock`.
    ///
    /// # Panics
    /// When the adapter cannot be made.
    #[must_use]
    pub fn channel_by(&self, clock: Arc<FixedClock>) -> HttpChannel {
        opened(&self.address, TOKEN, clock, PATIENT)
    }

    /// The cancellations that arrived at the channel.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn cancellations(&self) -> Vec<Value> {
        let cancellations = self.kept("cancellations").await;
        cancellations.as_array().cloned().expect("a list")
    }
}

impl Deref for ChannelServer {
    type Target = ExampleServer;

    fn deref(&self) -> &ExampleServer {
        &self.0
    }
}

/// An adapter for the channel at `address`.
///
/// # Panics
/// When the adapter cannot be made.
#[must_use]
pub fn channel_at(address: &str, token: &str) -> HttpChannel {
    opened(address, token, Arc::new(FixedClock::at(START)), PATIENT)
}

fn opened(address: &str, token: &str, clock: Arc<FixedClock>, patience: Duration) -> HttpChannel {
    countermand_integrations::tls::install();
    let settings = HttpChannelSettings::parse(address, token).expect("settings");
    let settings = settings.with_timeout(patience);
    HttpChannel::new(settings, clock).expect("an adapter")
}
