//! The services, and the networks in front of them.

use countermand_tests::TestShop;
use countermand_tests::nats_server::NatsServer;
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::process::ServerProcess;
use countermand_tests::proxy::Proxy;
use countermand_tests::smtp_sink::{Offer, SmtpSink};
use countermand_tests::webhook_receiver::WebhookReceiver;
use serde_json::json;

use super::super::UNLIMITED;
use crate::payments::serve;
use crate::program::PROGRAM;

/// How the services are dead.
#[derive(Debug, Clone, Copy)]
pub(super) enum Death {
    /// Their ports are closed.
    Refused,
    /// They take connections and never answer.
    Silent,
}

/// The services, each behind a network that can be cut.
pub(super) struct Services {
    pub(super) mail: SmtpSink,
    pub(super) endpoint: WebhookReceiver,
    pub(super) provider: PaymentServer,
    pub(super) nats: NatsServer,
    to_mail: Proxy,
    to_endpoint: Proxy,
    to_provider: Proxy,
    to_nats: Proxy,
}

impl Services {
    /// Living services; none where there is no Python or no NATS.
    pub(super) async fn begin() -> Option<Self> {
        let (provider, nats) = (PaymentServer::start().await?, NatsServer::start().await?);
        let (mail, endpoint) = (
            SmtpSink::open(Offer::default()).await,
            WebhookReceiver::start().await,
        );
        let mail_url = mail.url("", "");
        let endpoint_at = endpoint.address.trim_start_matches("http://");
        Some(Self {
            to_mail: Proxy::to(mail_url.trim_start_matches("smtp://")).await,
            to_endpoint: Proxy::to(endpoint_at.trim_end_matches("/hooks")).await,
            to_provider: Proxy::to(provider.address.trim_start_matches("http://")).await,
            to_nats: Proxy::to(&nats.address()).await,
            mail,
            endpoint,
            provider,
            nats,
        })
    }

    /// Tells the shop of the provider and of the endpoint; gives the id of the endpoint.
    pub(super) async fn connect(&self, shop: &TestShop) -> String {
        let provider = format!("http://{}", self.to_provider.address());
        serve(shop, "HTTP", &provider, KEY).await;
        let address = json!({ "address": format!("http://{}/hooks", self.to_endpoint.address()) });
        let made = shop
            .owner_does("createWebhookEndpoint", address, "webhook_endpoint { id }")
            .await;
        assert_eq!(made["user_errors"], json!([]));
        let id = made["webhook_endpoint"]["id"].as_str();
        id.expect("an id").to_owned()
    }

    fn networks(&mut self) -> [&mut Proxy; 4] {
        [
            &mut self.to_mail,
            &mut self.to_endpoint,
            &mut self.to_provider,
            &mut self.to_nats,
        ]
    }

    pub(super) fn die(&mut self, death: Death) {
        for network in self.networks() {
            match death {
                Death::Refused => network.close(),
                Death::Silent => network.swallow(),
            }
        }
    }

    /// Lets the services answer again at the addresses that they had.
    pub(super) async fn live(&mut self) {
        for network in self.networks() {
            network.resume().await;
        }
    }

    /// A server of the shop that knows all services.
    pub(super) async fn server(&self, shop: &TestShop) -> ServerProcess {
        let mail = format!("smtp://{}", self.to_mail.address());
        let nats = format!("nats://{}", self.to_nats.address());
        let of_services = [
            "--smtp-url",
            &mail,
            "--nats-url",
            &nats,
            "--webhook-networks",
            "127.0.0.0/8",
        ];
        let arguments = [&UNLIMITED[..], &of_services[..]].concat();
        ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await
    }
}
