//! A server of `examples`, as a process with a state of its own.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::ask::client;
use crate::time_limit::LONGEST_WAIT;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct ExampleServer {
    _child: Child,
    /// The address, for example `http://127.0.0.1:9100`.
    pub address: String,
}

impl ExampleServer {
    /// Starts `examples/FOLDER/server.py ARGUMENTS` with Python 3 on a free port; none when there is no Python, and a
    /// message says so, unless `COUNTERMAND_REQUIRE_PYTHON` is 1.
    ///
    /// # Panics
    /// When the server does not start, and when Python is required and absent.
    pub async fn start(folder: &str, arguments: &[&str]) -> Option<Self> {
        let script = format!("{EXAMPLES}/{folder}/server.py");
        let started = Command::new("python3")
            .args(["-B", &script, "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = started else {
            let required = std::env::var("COUNTERMAND_REQUIRE_PYTHON").is_ok_and(|it| it == "1");
            assert!(!required, "{folder} is required, but there is no python3");
            eprintln!("{folder} was left out: there is no python3");
            return None;
        };
        let mut lines = BufReader::new(child.stdout.take().expect("the output is piped")).lines();
        let first = tokio::time::timeout(LONGEST_WAIT, lines.next_line()).await;
        let first = first
            .expect("the server starts")
            .expect("a line")
            .expect("a line");
        let address = first.rsplit(' ').next().expect("an address").to_owned();
        Some(Self {
            _child: child,
            address,
        })
    }

    /// Plays what happens at the server: `POST /play/PATH`.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn play(&self, path: &str, body: &Value) -> Value {
        let asked = client().post(format!("{}/play/{path}", self.address)).json(body);
        let answer = asked.send().await.expect("the server answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("an answer in JSON")
    }

    /// All that a payment provider keeps.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn ledger(&self) -> Value {
        self.kept("ledger").await
    }

    /// The requests that changed something at a payment provider, or tried to, in order.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn requests(&self) -> Vec<Value> {
        let requests = self.ledger().await["requests"].take();
        requests.as_array().cloned().unwrap_or_default()
    }

    /// The bodies of all voids and refunds that a payment provider was sent, in order and as they arrived.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn bodies(&self) -> Vec<String> {
        let bodies = self.ledger().await["bodies"].take();
        let bodies = bodies.as_array().cloned().unwrap_or_default();
        let bodies = bodies.iter().filter_map(Value::as_str);
        bodies.map(str::to_owned).collect()
    }

    /// What the server keeps: `GET /play/PATH`.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn kept(&self, path: &str) -> Value {
        let asked = client().get(format!("{}/play/{path}", self.address));
        let answer = asked.send().await.expect("the server answers");
        answer.json().await.expect("an answer in JSON")
    }
}
