//! The systems that are called and told. They live all the time.

use countermand_tests::TestShop;
use countermand_tests::nats_server::NatsServer;
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::process::ServerProcess;
use countermand_tests::webhook_receiver::WebhookReceiver;
use serde_json::json;

use super::super::UNLIMITED;
use crate::payments::serve;
use crate::program::PROGRAM;

pub(super) struct Systems {
    pub(super) provider: PaymentServer,
    /// An endpoint of webhooks that wants all events.
    pub(super) endpoint: WebhookReceiver,
    /// None where there is no NATS.
    pub(super) nats: Option<NatsServer>,
}

impl Systems {
    /// Starts the systems and tells the shop of them; none where there is no Python.
    pub(super) async fn begin(shop: &TestShop) -> Option<Self> {
        let provider = PaymentServer::start().await?;
        serve(shop, "HTTP", &provider.address, KEY).await;
        let endpoint = WebhookReceiver::start().await;
        let address = json!({ "address": endpoint.address });
        let made = shop.owner_does("createWebhookEndpoint", address, "").await;
        assert_eq!(made["user_errors"], json!([]));
        Some(Self {
            provider,
            endpoint,
            nats: NatsServer::start().await,
        })
    }

    /// A server of the shop that knows the systems.
    pub(super) async fn server(&self, shop: &TestShop) -> ServerProcess {
        let nats = self.nats.as_ref().map(NatsServer::url);
        let mut arguments = UNLIMITED.to_vec();
        arguments.extend(["--webhook-networks", "127.0.0.0/8"]);
        if let Some(nats) = nats.as_deref() {
            arguments.extend(["--nats-url", nats]);
        }
        ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await
    }
}
