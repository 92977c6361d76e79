//! The reference server of the channel protocol, `examples/channel-server`, as a process.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_integrations::channels::http::{HttpChannel, HttpChannelSettings};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::ask::client;
use crate::fixed_clock::FixedClock;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/channel-server/server.py"
);
/// The token of the seller.
const TOKEN: &str = "the-sellers-token";
/// Where the clock of each adapter stands.
pub const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
/// The time that the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running channel; it ends with this value.
#[derive(Debug)]
pub struct ChannelServer {
    _child: Child,
    /// The address, for example `http://127.0.0.1:9000`.
    pub address: String,
}

impl ChannelServer {
    /// Starts the server with Python 3; none when there is no Python, and a message says so, unless
    /// `COUNTERMAND_REQUIRE_PYTHON` is 1.
    ///
    /// # Panics
    /// When the server does not start, and when Python is required and absent.
    pub async fn start(more: &[&str]) -> Option<Self> {
        let started = Command::new("python3")
            .args([SCRIPT, "--port", "0", "--token", TOKEN, "--slow-seconds", "6"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = started else {
            let required = std::env::var("COUNTERMAND_REQUIRE_PYTHON").is_ok_and(|it| it == "1");
            assert!(
                !required,
                "the channel server is required, but there is no python3"
            );
            eprintln!("the channel server was left out: there is no python3");
            return None;
        };
        let mut lines = BufReader::new(child.stdout.take().expect("the output is piped")).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let first = first
            .expect("the channel starts")
            .expect("a line")
            .expect("a line");
        let address = first.rsplit(' ').next().expect("an address").to_owned();
        Some(Self {
            _child: child,
            address,
        })
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

    /// Plays what happens at the channel: `POST /play/PATH`.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn play(&self, path: &str, body: &Value) -> Value {
        let asked = client().post(format!("{}/play/{path}", self.address)).json(body);
        let answer = asked.send().await.expect("the channel answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("an answer in JSON")
    }

    /// The cancellations that arrived at the channel.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn cancellations(&self) -> Vec<Value> {
        let asked = client().get(format!("{}/play/cancellations", self.address));
        let answer = asked.send().await.expect("the channel answers");
        answer.json().await.expect("a list")
    }
}

/// An adapter for the channel at `address` that waits two seconds for an answer.
///
/// # Panics
/// When the adapter cannot be made.
#[must_use]
pub fn channel_at(address: &str, token: &str) -> HttpChannel {
    countermand_integrations::tls::install();
    let settings = HttpChannelSettings::parse(address, token).expect("settings");
    let settings = settings.with_timeout(Duration::from_secs(2));
    HttpChannel::new(settings, Arc::new(FixedClock::at(START))).expect("an adapter")
}
