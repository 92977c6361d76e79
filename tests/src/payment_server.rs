//! The reference server of the payment protocol, `examples/payment-server`, as a process with a ledger of its own.

use std::ops::Deref;

use serde_json::json;

use crate::example_server::ExampleServer;

/// The key to the account.
pub const KEY: &str = "the-key-of-the-shop";

/// A running payment provider; it ends with this value.
#[derive(Debug)]
pub struct PaymentServer(ExampleServer);

impl PaymentServer {
    /// Starts the server; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start() -> Option<Self> {
        let server = ExampleServer::start("payment-server", &["--key", KEY]).await;
        server.map(Self)
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
}

impl Deref for PaymentServer {
    type Target = ExampleServer;

    fn deref(&self) -> &ExampleServer {
        &self.0
    }
}
