//! The reference server of the payment protocol, `examples/payment-server`, as a process with a ledger of its own.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::ask::client;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/payment-server/server.py"
);
/// The key to the account.
pub const KEY: &str = "the-key-of-the-shop";
/// The time that the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running payment provider; it ends with this value.
#[derive(Debug)]
pub struct PaymentServer {
    _child: Child,
    /// The address, for example `http://127.0.0.1:9100`.
    pub address: String,
}

impl PaymentServer {
    /// Starts the server with Python 3; none when there is no Python, and a message says so, unless
    /// `COUNTERMAND_REQUIRE_PYTHON` is 1.
    ///
    /// # Panics
    /// When the server does not start, and when Python is required and absent.
    pub async fn start() -> Option<Self> {
        let started = Command::new("python3")
            .args([SCRIPT, "--port", "0", "--key", KEY])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = started else {
            let required = std::env::var("COUNTERMAND_REQUIRE_PYTHON").is_ok_and(|it| it == "1");
            assert!(
                !required,
                "the payment server is required, but there is no python3"
            );
            eprintln!("the payment server was left out: there is no python3");
            return None;
        };
        let mut lines = BufReader::new(child.stdout.take().expect("the output is piped")).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let first = first
            .expect("the provider starts")
            .expect("a line")
            .expect("a line");
        let address = first.rsplit(' ').next().expect("an address").to_owned();
        Some(Self {
            _child: child,
            address,
        })
    }

    /// Lets a buyer pay `cents`, which are captured.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn paid(&self, reference: &str, cents: i64) {
        let paid = json!({ "reference": reference, "authorized": cents, "captured": cents });
        self.play("payments", &paid).await;
    }

    /// Lets these things go wrong, one for each of the next voids and refunds.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn goes_wrong(&self, next: &[&str]) {
        self.play("faults", &json!({ "next": next })).await;
    }

    /// Plays what happens at the provider: `POST /play/PATH`.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn play(&self, path: &str, body: &Value) -> Value {
        let asked = client().post(format!("{}/play/{path}", self.address)).json(body);
        let answer = asked.send().await.expect("the provider answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("an answer in JSON")
    }

    /// The money that went back for a payment, in cents, by the provider's own ledger.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn paid_back(&self, reference: &str) -> i64 {
        let payment = self.ledger().await["payments"][reference].clone();
        payment["refunded"].as_i64().expect("an amount")
    }

    /// The keys of the voids and refunds that the provider knows, in order.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn keys(&self) -> Vec<String> {
        let ledger = self.ledger().await;
        let reversals = ledger["reversals"].as_object().cloned().unwrap_or_default();
        let mut keys: Vec<_> = reversals.keys().cloned().collect();
        keys.sort();
        keys
    }

    /// All that the provider keeps.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn ledger(&self) -> Value {
        let asked = client().get(format!("{}/play/ledger", self.address));
        let answer = asked.send().await.expect("the provider answers");
        answer.json().await.expect("a ledger")
    }
}
