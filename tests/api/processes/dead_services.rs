//! The mail server, an endpoint of webhooks, the payment provider and NATS are dead: orders are canceled all the same,
//! and once the services live again, each gets what it is owed, once.

use std::time::{Duration, Instant};

use countermand_tests::nats_server::NatsServer;
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::process::ServerProcess;
use countermand_tests::proxy::Proxy;
use countermand_tests::smtp_sink::{Offer, SmtpSink};
use countermand_tests::time_limit::until;
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};

use super::assert_doctor_finds_nothing;
use crate::event_stream::{number, raw, texts};
use crate::payments::serve;
use crate::program::PROGRAM;

const ORDERS: usize = 12;
/// The longest time in which all is done once the services answer: this is no measurement, the machine may be busy.
const LONGEST: Duration = Duration::from_secs(120);
/// Each order was imported and canceled, and its refund was settled.
const EVENTS: usize = 3 * ORDERS;
/// The name of the stream that the program makes.
const STREAM: &str = "countermand";
const CANCELED: &str = "SELECT COUNT(*) FROM orders WHERE state IN ('canceled', 'closed')";
const MET: &str = "SELECT COUNT(*) FROM obligations WHERE state = 'met'";
/// What is left to do, and why.
const LEFT: &str =
    "SELECT kind || ' ' || state || ': ' || last_error FROM obligations WHERE state <> 'met' ORDER BY kind";
const NOT_MET: &str = "SELECT COUNT(*) FROM obligations WHERE state <> 'met'";
/// The kinds of obligations with an attempt. Without a connection to NATS, no publication is tried.
const TRIED: &str = "SELECT COUNT(DISTINCT kind) FROM obligations WHERE attempts > 0 \
    AND kind IN ('mail', 'refund', 'webhook_delivery')";
/// What waits for its next attempt waits no longer. What is under way keeps its lease, and refunds are tried soon without
/// this.
const WAITS_END: &str = "UPDATE obligations SET due_at = 0 \
    WHERE state = 'pending' AND lease_until = 0 AND kind <> 'refund'";

/// How the services are dead.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// Their ports are closed.
    Refused,
    /// They take connections and never answer.
    Silent,
}

/// The services, each behind a network that can be cut.
struct Services {
    mail: SmtpSink,
    endpoint: WebhookReceiver,
    provider: PaymentServer,
    nats: NatsServer,
    to_mail: Proxy,
    to_endpoint: Proxy,
    to_provider: Proxy,
    to_nats: Proxy,
}

impl Services {
    /// Living services; none where there is no Python or no NATS.
    async fn begin() -> Option<Self> {
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

    fn networks(&mut self) -> [&mut Proxy; 4] {
        [
            &mut self.to_mail,
            &mut self.to_endpoint,
            &mut self.to_provider,
            &mut self.to_nats,
        ]
    }

    fn die(&mut self, death: Death) {
        for network in self.networks() {
            match death {
                Death::Refused => network.close(),
                Death::Silent => network.swallow(),
            }
        }
    }

    /// Lets the services answer again at the addresses that they had.
    async fn live(&mut self) {
        for network in self.networks() {
            network.resume().await;
        }
    }

    /// A server of the shop that knows all services.
    async fn server(&self, shop: &TestShop) -> ServerProcess {
        let mail = format!("smtp://{}", self.to_mail.address());
        let nats = format!("nats://{}", self.to_nats.address());
        let arguments = [
            "--smtp-url",
            &mail,
            "--nats-url",
            &nats,
            "--webhook-networks",
            "127.0.0.0/8",
        ];
        ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await
    }
}

on_every_database!(
    what_silent_services_are_owed_reaches_each_once_when_they_answer,
    |shop| async move {
        are_dead_and_live(&shop, Death::Silent).await;
    }
);

// The provider is asked again after half a minute, because five connections in a row were refused.
on_sqlite!(
    what_absent_services_are_owed_reaches_each_once_when_they_are_back,
    |shop| async move {
        are_dead_and_live(&shop, Death::Refused).await;
    }
);

async fn are_dead_and_live(shop: &TestShop, death: Death) {
    let Some(mut services) = Services::begin().await else {
        return;
    };
    shop.leave_jobs();
    let provider = format!("http://{}", services.to_provider.address());
    serve(shop, "HTTP", &provider, KEY).await;
    let address = format!("http://{}/hooks", services.to_endpoint.address());
    let made = shop
        .owner_does("createWebhookEndpoint", json!({ "address": address }), "")
        .await;
    assert_eq!(made["user_errors"], json!([]));
    services.die(death);
    let server = services.server(shop).await;

    let orders: Vec<Value> = (1..=ORDERS).map(order).collect();
    let ids = shop.import(&orders).await;
    for (number, id) in (1..).zip(&ids) {
        services.provider.paid(&reference(number), total(number)).await;
        cancel_at(&server, shop, id).await;
    }
    let database = raw(shop).await;
    let canceled = number(&database, CANCELED).await;
    assert_eq!(usize::try_from(canceled).expect("a number"), ORDERS);
    until("each service is tried", async || {
        number(&database, TRIED).await == 3
    })
    .await;
    assert_eq!(number(&database, MET).await, 0, "{}", server.log());

    services.live().await;
    let begun = Instant::now();
    while number(&database, NOT_MET).await > 0 {
        // The database may refuse this while the worker writes; the next turn repeats it.
        let _ = database.execute_unprepared(WAITS_END).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let left = texts(&database, LEFT).await;
        assert!(begun.elapsed() < LONGEST, "{left:#?}\n{}", server.log());
    }
    judge(&services, &database).await;
    assert_doctor_finds_nothing(shop);
    database.close().await.expect("closed");
    server.kill().await;
}

/// Cancels the order at the server, which answers although the services are dead.
async fn cancel_at(server: &ServerProcess, shop: &TestShop, id: &str) {
    let cancel = "mutation($id: ID!) { cancelOrderAsAdmin(input: { order_id: $id, reason: \"Other\" }) { \
        user_errors { code message } } }";
    let asked = server.ask(cancel).variables(json!({ "id": id }));
    let answer = asked.token(shop.owner()).send().await;
    assert_eq!(answer.data("/cancelOrderAsAdmin/user_errors"), &json!([]));
}

/// What the order costs, in cents; each order costs something else.
fn total(number: usize) -> i64 {
    1500 + i64::try_from(number).expect("a small number")
}

/// The provider's reference of the payment of the order.
fn reference(number: usize) -> String {
    format!("tx-{number}")
}

fn buyer(number: usize) -> String {
    format!("guest{number}@example.com")
}

/// An order that is paid online. Shipping is 5.00.
fn order(number: usize) -> Value {
    let order = OrderJson::new(&number.to_string())
        .by_guest(&buyer(number))
        .paid_with("stripe_payments");
    let mut order = order.line("A", total(number) - 500, 1, 1, 0).json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    order
}

/// Checks that each service got what it was owed, once.
async fn judge(services: &Services, database: &DatabaseConnection) {
    let provider = &services.provider;
    for number in 1..=ORDERS {
        assert_eq!(provider.paid_back(&reference(number)).await, total(number));
    }
    assert_eq!(provider.keys().await.len(), ORDERS, "refunds");

    let mails = services.mail.accepted().into_iter();
    let receivers = sorted(mails.flat_map(|mail| mail.to));
    assert_eq!(receivers, sorted((1..=ORDERS).map(buyer)), "mails");

    let events = sorted(texts(database, "SELECT id FROM order_events").await);
    assert_eq!(events.len(), EVENTS);
    let received = services.endpoint.received();
    let delivered = sorted(received.iter().map(|message| id_of(&message.json())));
    assert_eq!(delivered, events, "webhooks");
    let messages = services.nats.messages_once(STREAM, EVENTS).await;
    let published = sorted(messages.iter().map(|message| id_of(&message.body)));
    assert_eq!(published, events, "messages of NATS");
}

fn id_of(event: &Value) -> String {
    event["id"].as_str().expect("an id").to_owned()
}

fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut sorted: Vec<_> = texts.into_iter().collect();
    sorted.sort();
    sorted
}
