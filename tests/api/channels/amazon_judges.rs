//! Amazon's published models judge the adapter and the simulator: Prism stands between them and fails each call that
//! breaks the contract.

use std::path::Path;
use std::process::Stdio;

use countermand_app::ports::SalesChannel;
use countermand_domain::channel::ChannelAnswer;
use countermand_integrations::channels::amazon::CancelBy;
use countermand_tests::port::own_port;
use countermand_tests::time_limit::until;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::amazon_seller::{LAMP, Seller, adapter, number};

const PRISM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node/node_modules/.bin/prism");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_read_as_amazons_model_says() {
    let seller = Seller::open().await;
    seller
        .amazon
        .ask_to_cancel(LAMP, 0, "Found cheaper somewhere else.");
    let Some(judge) = Judge::of("orders_2026-01-01.json", &seller.amazon.address).await else {
        return;
    };
    let judged = adapter(
        &judge.address,
        &seller.amazon.token_address,
        CancelBy::Feed,
        &seller.clock,
    );
    let page = judged
        .changed_orders(seller.an_hour_ago(), None)
        .await
        .expect("a page without violations");
    assert!(page.orders[0].items[0].request.is_some());
    let order = judged
        .order(&number(LAMP))
        .await
        .expect("an order without violations");
    assert_eq!(order, Some(page.orders[0].clone()));
    assert_eq!(judged.order(&number("999-0000000-0000001")).await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_are_sent_as_amazons_model_says() {
    let seller = Seller::open().await;
    let sent = [seller.cancellation(LAMP).await];
    let Some(judge) = Judge::of("feeds_2021-06-30.json", &seller.amazon.address).await else {
        return;
    };
    let judged = adapter(
        &judge.address,
        &seller.amazon.token_address,
        CancelBy::Feed,
        &seller.clock,
    );
    let answers = judged.cancel(&sent).await.expect("answers without violations");
    let [ChannelAnswer::Accepted { reference }] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(judged.outcome(reference, &sent).await.as_ref(), Ok(&answers));
    seller.wait(90);
    // The order itself is not asked: the model of feeds does not know it.
    assert_eq!(
        judged.outcome(reference, &sent).await,
        Ok(vec![ChannelAnswer::Canceled])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancel_order_is_called_as_the_withdrawn_model_says() {
    let seller = Seller::open().await;
    let mut sent = seller.cancellation(LAMP).await;
    sent.reason_code = "NO_INVENTORY".into();
    let model = "orders_2026-01-01.with-cancel-order.json";
    let Some(judge) = Judge::of(model, &seller.amazon.address).await else {
        return;
    };
    let judged = adapter(
        &judge.address,
        &seller.amazon.token_address,
        CancelBy::Operation,
        &seller.clock,
    );
    let answers = judged.cancel(&[sent]).await.expect("answers without violations");
    assert!(
        matches!(answers.as_slice(), [ChannelAnswer::Accepted { .. }]),
        "{answers:?}"
    );
}

/// A running Prism.
struct Judge {
    address: String,
    _process: Child,
}

impl Judge {
    /// Prism with a model of `AMAZON_MODELS` in front of `upstream`; none, with a message, where it cannot be had.
    async fn of(model: &str, upstream: &str) -> Option<Self> {
        let Ok(folder) = std::env::var("AMAZON_MODELS") else {
            eprintln!("AMAZON_MODELS is not set: the judge is left out");
            return None;
        };
        if !Path::new(PRISM).exists() {
            let required = std::env::var("COUNTERMAND_REQUIRE_NODE").is_ok_and(|it| it == "1");
            assert!(!required, "Prism is required: npm ci --prefix tests/node");
            eprintln!("Prism is not installed: the judge is left out");
            return None;
        }
        let port = own_port();
        let process = Command::new(PRISM)
            .args(["proxy", "--errors", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(Path::new(&folder).join(model))
            .arg(upstream.trim_end_matches('/'))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Prism");
        until("Prism listens", async || {
            TcpStream::connect(("127.0.0.1", port)).await.is_ok()
        })
        .await;
        Some(Self {
            address: format!("http://127.0.0.1:{port}/"),
            _process: process,
        })
    }
}
