//! The server of Adyen's API, `examples/adyen-server`, as a process with a ledger of its own.

use std::ops::Deref;

use serde_json::Value;

use crate::example_server::ExampleServer;

/// The API key.
pub const KEY: &str = "AQE_the_key_of_the_shop";
/// The merchant account of the server.
pub const MERCHANT_ACCOUNT: &str = "ShopECOM";
/// The HMAC key of webhooks.
pub const HMAC_KEY: &str = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

/// A running server of Adyen's API; it ends with this value.
#[derive(Debug)]
pub struct AdyenServer(ExampleServer);

impl AdyenServer {
    /// Starts the server; none without Python, see [`ExampleServer::start`].
    ///
    /// # Panics
    /// As [`ExampleServer::start`] does.
    pub async fn start() -> Option<Self> {
        ExampleServer::start("adyen-server", &["--key", KEY])
            .await
            .map(Self)
    }

    /// The modifications of a payment, oldest first, by Adyen's own ledger.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn modifications(&self, payment: &str) -> Vec<Value> {
        let ledger = self.ledger().await;
        let all = ledger["modifications"].as_object().cloned().unwrap_or_default();
        let of_payment = |made: &Value| made["payment"] == payment;
        all.into_iter().map(|(_, made)| made).filter(of_payment).collect()
    }
}

impl Deref for AdyenServer {
    type Target = ExampleServer;

    fn deref(&self) -> &ExampleServer {
        &self.0
    }
}
