//! The server of Hyperswitch's API, `examples/hyperswitch-server`, as a process with a ledger of its own.

use std::ops::Deref;

use serde_json::Value;

use crate::example_server::ExampleServer;

/// The API key.
pub const KEY: &str = "snd_the_key_of_the_shop";

/// A running server of Hyperswitch's API; it ends with this value.
#[derive(Debug)]
pub struct HyperswitchServer(ExampleServer);

impl HyperswitchServer {
    /// Starts the server; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start() -> Option<Self> {
        ExampleServer::start("hyperswitch-server", &["--key", KEY])
            .await
            .map(Self)
    }

    /// The refunds of a payment, oldest first, by Hyperswitch's own ledger.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn refunds(&self, payment: &str) -> Vec<Value> {
        let ledger = self.ledger().await;
        let refunds = ledger["refunds"].as_object().cloned().unwrap_or_default();
        let of_payment = |refund: &Value| refund["payment_id"] == payment;
        refunds
            .into_iter()
            .map(|(_, refund)| refund)
            .filter(of_payment)
            .collect()
    }
}

impl Deref for HyperswitchServer {
    type Target = ExampleServer;

    fn deref(&self) -> &ExampleServer {
        &self.0
    }
}
