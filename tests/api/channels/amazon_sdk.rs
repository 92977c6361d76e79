//! Amazon's own Python SDK reads the simulated Amazon as a second client: what it cannot read, the adapter must not
//! be tested with.

use countermand_domain::channel::{ChannelAnswer, ChannelStatus};
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::python::python;
use serde_json::{Value, json};

use super::amazon_seller::{CHAIR, LAMP, Seller};

/// What the script reads; none without the SDK.
async fn read(seller: &Seller, arguments: &[&str]) -> Option<Value> {
    let addresses = [
        seller.amazon.address.as_str(),
        seller.amazon.token_address.as_str(),
    ];
    python("amazon.py", &[&addresses[..], arguments].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amazons_own_client_reads_orders_and_requests_as_the_adapter_does() {
    let seller = Seller::open().await;
    let asked = "Found cheaper somewhere else.";
    seller.amazon.ask_to_cancel(LAMP, 0, asked);
    seller.wait(1);
    seller
        .amazon
        .place(SimulatedOrder::unshipped(CHAIR).shipped_by_amazon());
    let Some(found) = read(&seller, &["orders"]).await else {
        return;
    };
    let order = seller.order(LAMP).await;
    let lamp = &found["orders"][0];
    assert_eq!(lamp, &found["one"], "a list and a look show the same order");
    assert_eq!(
        (&lamp["id"], &lamp["status"], &lamp["fulfilled_by"]),
        (&json!(LAMP), &json!("UNSHIPPED"), &json!("MERCHANT"))
    );
    assert_eq!(lamp["marketplace"], "A1PA6795UKMFR9");
    assert_eq!(
        lamp["total"].as_str(),
        order.total.as_ref().map(|it| it.0.as_str())
    );
    assert_eq!(found["orders"][1]["fulfilled_by"], "AMAZON");
    for (item, shown) in order.items.iter().zip(lamp["items"].as_array().expect("items")) {
        assert_eq!(shown["id"], item.id);
        let reason = item.request.as_ref().and_then(|it| it.reason.clone());
        assert_eq!(shown["request"][1].as_str(), reason.as_deref());
    }
    assert_eq!(lamp["items"][0]["request"], json!(["BUYER", asked]));
    assert_eq!(lamp["items"][0]["quantity"], 3);
    assert_eq!(lamp["items"][1]["request"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amazons_own_client_hands_in_the_adapters_feed_and_reads_its_report() {
    // The adapter writes the feed at one Amazon, and the SDK hands it in at another one.
    let first = Seller::open().await;
    let sent = [first.cancellation(LAMP).await];
    first.accepted(&sent).await;
    let document = first.amazon.feeds().remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("feed.xml");
    std::fs::write(&file, &document).expect("written");

    for is_packed in [false, true] {
        let seller = Seller::open().await;
        seller
            .amazon
            .trouble(|troubles| troubles.packs_reports = is_packed);
        let file = file.to_str().expect("a path");
        let handed_in = read(&seller, &["feed", "text/xml; charset=UTF-8", file]).await;
        let Some(handed_in) = handed_in else { return };
        assert_eq!(seller.amazon.feeds(), std::slice::from_ref(&document));
        let id = handed_in["feed"].as_str().expect("a feed");
        for (seconds, status) in [(0, "IN_QUEUE"), (35, "IN_PROGRESS")] {
            seller.wait(seconds);
            let state = read(&seller, &["report", id]).await.expect("a state");
            assert_eq!(
                state,
                json!({ "status": status, "type": "POST_ORDER_ACKNOWLEDGEMENT_DATA", "report": null })
            );
        }
        seller.wait(60);
        let ended = read(&seller, &["report", id]).await.expect("a report");
        assert_eq!(ended["status"], "DONE");
        let report = ended["report"].as_str().expect("a report");
        assert!(
            report.contains("<MessagesSuccessful>1</MessagesSuccessful>"),
            "{report}"
        );
        assert_eq!(
            countermand_app::ports::SalesChannel::outcome(&seller.channel, id, &sent).await,
            Ok(vec![ChannelAnswer::Canceled]),
            "the adapter reads the same report"
        );
        assert_eq!(seller.status(LAMP).await, ChannelStatus::Canceled);
        let found = read(&seller, &["orders"]).await.expect("orders");
        let items = &found["one"]["items"];
        assert_eq!(items[0]["execution"], json!(["MERCHANT", "NoInventory"]));
    }
}
