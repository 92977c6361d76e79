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
/// A running channel; it ends with this value.
#[derive(Debug)]
pub struct ChannelServer(ExampleServer);

impl ChannelServer {
    /// Starts the server with `more` arguments; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start(more: &[&str]) -> Option<Self> {
        let arguments = [&["--token", TOKEN, "--slow-seconds", "6"], more].concat();
        let server = ExampleServer::start("channel-server", &arguments).await;
        server.map(Self)
    }

    /// An adapter that waits two seconds for an answer.
    ///
    /// # Panics
    /// When the adapter cannot be made.
    #[must_use]
    pub fn channel(&self) -> HttpChannel {
        self.channel_with(TOKEN)
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
        opened(&self.address, TOKEN, clock)
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

/// An adapter for the channel at `address` that waits two seconds for an answer.
///
/// # Panics
/// When the adapter cannot be made.
#[must_use]
pub fn channel_at(address: &str, token: &str) -> HttpChannel {
    opened(address, token, Arc::new(FixedClock::at(START)))
}

fn opened(address: &str, token: &str, clock: Arc<FixedClock>) -> HttpChannel {
    countermand_integrations::tls::install();
    let settings = HttpChannelSettings::parse(address, token).expect("settings");
    let settings = settings.with_timeout(Duration::from_secs(2));
    HttpChannel::new(settings, clock).expect("an adapter")
}
