//! The port through which messages leave for endpoints of other systems.

use std::time::Duration;

use async_trait::async_trait;

/// A message to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The address of the endpoint.
    pub address: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The answer of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status.
    pub status: u16,
    /// How long the endpoint asks to wait.
    pub retry_after: Option<Duration>,
    /// The beginning of the body, as text.
    pub body: String,
}

/// Sends messages to endpoints of other systems, and to no address inside the network of the shop.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Whether `address` can be the address of an endpoint; the error says what is wrong with it. Names are not looked
    /// up, because they may lead elsewhere later.
    fn check(&self, address: &str) -> Result<(), String>;

    /// Sends a message; the error says why there is no answer. The message may have arrived all the same.
    async fn send(&self, message: WebhookMessage) -> Result<WebhookAnswer, String>;
}

/// No sender at all: messages wait for a program that has one.
#[derive(Debug, Clone, Copy)]
pub struct NoWebhookSender;

#[async_trait]
impl WebhookSender for NoWebhookSender {
    fn check(&self, _: &str) -> Result<(), String> {
        Err("this program sends no webhooks".to_owned())
    }

    async fn send(&self, _: WebhookMessage) -> Result<WebhookAnswer, String> {
        Err("this program sends no webhooks".to_owned())
    }
}
