//! No message leaves for an address inside the network of the shop.

use std::sync::Arc;

use countermand_app::ports::{WebhookMessage, WebhookSender};
use countermand_integrations::webhooks::HttpWebhookSender;
use countermand_tests::fixed_clock::FixedClock;
use countermand_tests::shop::start_of_time;
use countermand_tests::webhook_receiver::{Reply, WebhookReceiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn sender(allowed: &[&str]) -> HttpWebhookSender {
    countermand_integrations::tls::install();
    let allowed = allowed.iter().map(|network| network.parse().expect("a network"));
    let clock = Arc::new(FixedClock::at(start_of_time()));
    HttpWebhookSender::new(allowed.collect(), clock).expect("an HTTP client")
}

fn message(address: &str) -> WebhookMessage {
    WebhookMessage {
        address: address.to_owned(),
        headers: vec![("webhook-id", "1".to_owned())],
        body: b"{}".to_vec(),
    }
}

#[tokio::test]
async fn addresses_inside_are_refused_in_every_spelling() {
    let closed = sender(&[]);
    for address in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://10.0.0.1/",
        "https://192.168.0.1:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[fc00::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
    ] {
        let refused = closed.check(address).expect_err(address);
        assert!(refused.contains("must not reach"), "{address}: {refused}");
        let sent = closed.send(message(address)).await.expect_err(address);
        assert!(sent.contains("must not reach"), "{address}: {sent}");
    }
    let plain = closed.check("http://hooks.example/").expect_err("http");
    assert!(plain.contains("use https"), "{plain}");
    assert_eq!(closed.check("https://hooks.example/"), Ok(()));
}

/// `localhost` is a name: only the look-up tells where it leads.
#[tokio::test]
async fn a_name_that_leads_inside_is_refused_when_it_is_looked_up() {
    let receiver = WebhookReceiver::start().await;
    let by_name = receiver.address.replace("127.0.0.1", "localhost");
    let elsewhere = sender(&["10.1.0.0/16"]);
    assert_eq!(elsewhere.check(&by_name), Ok(()));
    let refused = elsewhere.send(message(&by_name)).await.expect_err("refused");
    assert!(refused.contains("must not reach"), "{refused}");
    let secured = by_name.replace("http://", "https://");
    let refused = elsewhere.send(message(&secured)).await.expect_err("refused");
    assert!(refused.contains("must not reach"), "{refused}");
    assert_eq!(receiver.received().len(), 0);
    let allowed = sender(&["127.0.0.0/8"]);
    assert_eq!(
        allowed.send(message(&by_name)).await.expect("an answer").status,
        204
    );
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (first, second) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
    first.replies([Reply::Status(307, Some(("location", second.address.clone())))]);
    let answer = sender(&["127.0.0.0/8"]).send(message(&first.address)).await;
    assert_eq!(answer.expect("an answer").status, 307);
    assert_eq!((first.received().len(), second.received().len()), (1, 0));
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_the_status_an_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/", listener.local_addr().expect("an address"));
    let receiver = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut read = Vec::new();
        while !read.ends_with(b"{}") {
            let count = stream.read_buf(&mut read).await.expect("the message");
            assert_ne!(count, 0, "the message ends early");
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthe beginning";
        stream.write_all(answer).await.expect("sent");
    });
    let answer = sender(&["127.0.0.0/8"]).send(message(&address)).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (200, "the beginning"));
    receiver.await.expect("the receiver");
}
