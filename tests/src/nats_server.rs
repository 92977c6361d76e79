//! A NATS server of a test's own, which can be killed and started again, and a reader of its streams.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use async_nats::{Client, ConnectOptions};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::port::own_port;
use crate::time_limit::{LONGEST_WAIT, until};

/// Where Debian puts the server, which is not in the path of every user.
const DEBIAN: &str = "/usr/sbin/nats-server";

/// A running server with a port and a folder of its own. It ends with this value.
#[derive(Debug)]
pub struct NatsServer {
    child: Child,
    port: u16,
    has_jetstream: bool,
    folder: TempDir,
}

/// A message of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamedMessage {
    /// Its subject.
    pub subject: String,
    /// Its headers as they were sent, each in a line.
    pub headers: String,
    /// Its body.
    pub body: Value,
}

impl NatsServer {
    /// Starts a server with JetStream; none, and that is said, when there is no server on this machine.
    ///
    /// # Panics
    /// When the server does not start, and when it is required and absent.
    pub async fn start() -> Option<Self> {
        Self::start_with(true).await
    }

    /// Starts a server that keeps no streams.
    ///
    /// # Panics
    /// As [`NatsServer::start`] does.
    pub async fn start_without_jetstream() -> Option<Self> {
        Self::start_with(false).await
    }

    async fn start_with(has_jetstream: bool) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let port = own_port();
        let Some(child) = run(port, has_jetstream, folder.path()) else {
            let required = std::env::var("COUNTERMAND_REQUIRE_NATS").is_ok_and(|it| it == "1");
            assert!(!required, "NATS is required, but there is no nats-server");
            eprintln!("NATS was left out: there is no nats-server");
            return None;
        };
        let server = Self {
            child,
            port,
            has_jetstream,
            folder,
        };
        server.answers().await;
        Some(server)
    }

    /// The address, for example `127.0.0.1:4222`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The URL, for example `nats://127.0.0.1:4222`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    /// Kills the server with SIGKILL.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Starts the killed server again with its port and its streams.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.child = run(self.port, self.has_jetstream, self.folder.path()).expect("a server");
        self.answers().await;
    }

    /// Waits until the server greets.
    async fn answers(&self) {
        until("NATS starts", async || self.greets().await).await;
    }

    async fn greets(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(self.address()).await else {
            return false;
        };
        let mut greeting = [0_u8; 4];
        connection.read_exact(&mut greeting).await.is_ok() && greeting == *b"INFO"
    }

    /// The messages of the stream, oldest first; none while there is no such stream.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn messages(&self, stream: &str) -> Vec<StreamedMessage> {
        let options = ConnectOptions::new()
            .retry_on_initial_connect()
            .connection_timeout(LONGEST_WAIT)
            .request_timeout(Some(LONGEST_WAIT));
        let client = options.connect(self.url()).await.expect("a client");
        let state = ask(&client, &format!("STREAM.INFO.{stream}"), &json!({})).await["state"].clone();
        let mut messages = Vec::new();
        for sequence in 1..=state["last_seq"].as_u64().unwrap_or_default() {
            let asked = json!({ "seq": sequence });
            let found = ask(&client, &format!("STREAM.MSG.GET.{stream}"), &asked).await;
            let message = &found["message"];
            let decoded = |field: &str| {
                let text = message[field].as_str().unwrap_or_default();
                STANDARD.decode(text).expect("base64")
            };
            messages.push(StreamedMessage {
                subject: message["subject"].as_str().expect("a subject").to_owned(),
                headers: String::from_utf8(decoded("hdrs")).expect("text"),
                body: serde_json::from_slice(&decoded("data")).expect("JSON"),
            });
        }
        messages
    }

    /// The messages of the stream as soon as it has `count` of them.
    ///
    /// # Panics
    /// When the stream has more, or does not have them in time.
    pub async fn messages_once(&self, stream: &str, count: usize) -> Vec<StreamedMessage> {
        let begun = Instant::now();
        loop {
            let messages = self.messages(stream).await;
            assert!(messages.len() <= count, "{messages:#?}");
            if messages.len() == count {
                return messages;
            }
            assert!(
                begun.elapsed() < LONGEST_WAIT,
                "{} of {count} messages came",
                messages.len()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl StreamedMessage {
    /// The header with this name.
    ///
    /// # Panics
    /// When there is no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.headers.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value
            .unwrap_or_else(|| panic!("no header {name}: {}", self.headers))
            .trim()
    }
}

/// Asks JetStream. An answer that says what is wrong is an answer, too.
async fn ask(client: &Client, operation: &str, content: &Value) -> Value {
    let subject = format!("$JS.API.{operation}");
    let answer = client.request(subject, content.to_string().into()).await;
    let answer = answer.expect("NATS answers");
    serde_json::from_slice(&answer.payload).expect("JSON")
}

/// Starts a server that keeps its streams in `folder`; none when there is no server on this machine.
fn run(port: u16, has_jetstream: bool, folder: &Path) -> Option<Child> {
    let programs = ["nats-server", DEBIAN];
    programs.into_iter().find_map(|program| {
        let mut command = Command::new(program);
        command.args(["-a", "127.0.0.1", "-p", &port.to_string()]);
        if has_jetstream {
            command.arg("-js").arg("-sd").arg(folder);
        }
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.kill_on_drop(true).spawn().ok()
    })
}
