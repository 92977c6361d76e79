//! The server of Stripe's API, `examples/stripe-server`, as a process with a ledger of its own.

use std::ops::Deref;

use serde_json::Value;

use crate::ask::client;
use crate::example_server::ExampleServer;

/// The key to the account.
pub const KEY: &str = "sk_test_the_key_of_the_shop";

/// A running server of Stripe's API; it ends with this value.
#[derive(Debug)]
pub struct StripeServer(ExampleServer);

impl StripeServer {
    /// Starts the server; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start() -> Option<Self> {
        let server = ExampleServer::start("stripe-server", &["--key", KEY]).await;
        server.map(Self)
    }

    /// Starts a server at which the connected account `account` has all payments.
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn of_connected_account(account: &str) -> Option<Self> {
        let arguments = ["--key", KEY, "--account", account];
        ExampleServer::start("stripe-server", &arguments).await.map(Self)
    }

    /// A request for a refund arrives that was sent under `key`. The sender waits no longer for the answer.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn refund_arrives(&self, key: &str, payment: &str, amount: i64) {
        let form = format!("payment_intent={payment}&amount={amount}&metadata[countermand_key]={key}");
        let sent = client().post(format!("{}/v1/refunds", self.address));
        let sent = sent.bearer_auth(KEY).header("Idempotency-Key", key).body(form);
        let answer = sent.send().await.expect("the server answers");
        assert!(answer.status().is_success(), "{key}: {}", answer.status());
    }

    /// The refunds of a payment, oldest first, by Stripe's own ledger.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn refunds(&self, payment: &str) -> Vec<Value> {
        let ledger = self.ledger().await;
        let refunds = ledger["refunds"].as_object().cloned().unwrap_or_default();
        let of_payment = |refund: &Value| refund["payment_intent"] == payment;
        refunds
            .into_iter()
            .map(|(_, refund)| refund)
            .filter(of_payment)
            .collect()
    }
}

impl Deref for StripeServer {
    type Target = ExampleServer;

    fn deref(&self) -> &ExampleServer {
        &self.0
    }
}
