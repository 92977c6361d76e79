//! The adapter of the channel protocol with the reference server, which is a process of its own.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::{ChannelError, SalesChannel};
use countermand_domain::channel::{
    ChannelAnswer, ChannelOrder, ChannelOrderNumber, ChannelRefusal, SentCancellation,
};
use countermand_domain::money::Quantity;
use countermand_tests::channel_contract::{ContractCase, keeps_the_contract};
use countermand_tests::channel_server::{ChannelServer, START, channel_at};
use countermand_tests::port::CLOSED;
use countermand_tests::time_limit::until;
use serde_json::json;

const ID: &str = "0198c0de-0000-7000-8000-000000000001";

fn number(text: &str) -> ChannelOrderNumber {
    ChannelOrderNumber::parse(text).expect("a number")
}

/// The cancellation of two cups of the order `W-1`.
fn two_cups(id: &str) -> SentCancellation {
    SentCancellation {
        id: id.to_owned(),
        number: number("W-1"),
        market: Some("DE".to_owned()),
        reason_code: "OUT_OF_STOCK".to_owned(),
        comment: Some("The last one broke.".to_owned()),
        items: vec![("1".to_owned(), Quantity::whole(2))],
    }
}

/// A channel with the order `W-1`; none without Python.
async fn channel_with_order(more: &[&str]) -> Option<ChannelServer> {
    let server = ChannelServer::start(more).await?;
    let order = json!({ "number": "W-1", "items": [{ "name": "Cup", "sku": "CUP", "quantity": 2 }] });
    server.play("orders", &order).await;
    Some(server)
}

/// The order `W-1` as the channel shows it.
async fn order_of(channel: &impl SalesChannel) -> ChannelOrder {
    let found = channel.order(&number("W-1")).await.expect("an answer");
    found.expect("the order")
}

async fn cancel(channel: &impl SalesChannel, cancellation: SentCancellation) -> ChannelAnswer {
    let mut answers = channel.cancel(&[cancellation]).await.expect("an answer");
    answers.pop().expect("one answer")
}

async fn outcome(channel: &impl SalesChannel, cancellation: SentCancellation) -> ChannelAnswer {
    let answers = channel.outcome(ID, &[cancellation]).await;
    answers.expect("an answer").pop().expect("one answer")
}

fn accepted() -> ChannelAnswer {
    ChannelAnswer::Accepted {
        reference: ID.to_owned(),
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let second = json!({ "number": "W-2", "items": [{ "name": "Lid", "quantity": 1 }] });
    server.play("orders", &second).await;
    server.play("orders/W-2/ship", &json!({})).await;
    let case = ContractCase {
        open: number("W-1"),
        shipped: number("W-2"),
        absent: number("W-404"),
        reason_code: "OUT_OF_STOCK",
    };
    let accept_all = async || {
        for cancellation in server.cancellations().await {
            let id = cancellation["id"].as_str().expect("an id");
            server
                .play(&format!("cancellations/{id}/accept"), &json!({}))
                .await;
        }
    };
    keeps_the_contract(&server.channel(), &case, accept_all).await;
    assert_eq!(server.cancellations().await.len(), 2, "one for each order");
}

#[tokio::test]
async fn an_order_is_read_as_the_channel_shows_it() {
    let Some(server) = channel_with_order(&["--accept-at-once"]).await else {
        return;
    };
    let channel = server.channel();
    let order = order_of(&channel).await;
    assert_eq!(order.total, Some(("34.00".to_owned(), "EUR".to_owned())));
    assert_eq!(order.items[0].quantity, Quantity::whole(2));
    assert_eq!(cancel(&channel, two_cups(ID)).await, ChannelAnswer::Canceled);
    let canceled = order_of(&channel).await.items[0]
        .canceled
        .clone()
        .expect("a canceled item");
    assert_eq!(
        (canceled.by.as_str(), canceled.reason.as_deref()),
        ("MERCHANT", Some("OUT_OF_STOCK"))
    );
}

#[tokio::test]
async fn the_same_id_sent_again_is_one_cancellation_and_with_other_contents_it_is_refused() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel();
    for _ in 0..3 {
        assert_eq!(cancel(&channel, two_cups(ID)).await, accepted());
    }
    let arrived = server.cancellations().await;
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0]["message"], "The last one broke.");

    let other = SentCancellation {
        reason_code: "OTHER".to_owned(),
        ..two_cups(ID)
    };
    let ChannelAnswer::Rejected { code, .. } = cancel(&channel, other).await else {
        panic!("another cancellation under the same id is rejected");
    };
    assert_eq!(code, "ID_USED");
}

#[tokio::test]
async fn a_denial_says_why_and_a_shipment_makes_a_cancellation_too_late() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel();
    cancel(&channel, two_cups(ID)).await;
    let denial = json!({ "code": "PACKED", "reason": "The parcel is packed." });
    server.play(&format!("cancellations/{ID}/deny"), &denial).await;
    let expected = ChannelAnswer::Rejected {
        code: "PACKED".to_owned(),
        text: "The parcel is packed.".to_owned(),
    };
    assert_eq!(outcome(&channel, two_cups(ID)).await, expected);

    let second = "0198c0de-0000-7000-8000-000000000002";
    cancel(&channel, two_cups(second)).await;
    server.play("orders/W-1/ship", &json!({})).await;
    assert_eq!(outcome(&channel, two_cups(second)).await, ChannelAnswer::TooLate);
}

#[tokio::test]
async fn an_unknown_item_is_rejected_and_an_unknown_cancellation_is_unknown() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel();
    assert_eq!(channel.order(&number("..")).await.expect("an answer"), None);
    assert_eq!(
        channel
            .order(&number("a/../W-1?x#y%2F"))
            .await
            .expect("an answer"),
        None
    );
    let unknown_item = SentCancellation {
        items: vec![("9".to_owned(), Quantity::whole(1))],
        ..two_cups(ID)
    };
    let ChannelAnswer::Rejected { code, .. } = cancel(&channel, unknown_item).await else {
        panic!("an unknown item is a rejection");
    };
    assert_eq!(code, "ITEM_NOT_FOUND");
    assert!(matches!(
        outcome(&channel, two_cups(ID)).await,
        ChannelAnswer::Unknown { .. }
    ));
}

#[tokio::test]
async fn changed_orders_come_page_by_page_and_an_order_that_cannot_be_read_hides_no_other() {
    let Some(server) = ChannelServer::start(&[]).await else {
        return;
    };
    let mut changes = Vec::new();
    for place in 0..230 {
        let order = match place {
            7 => json!({ "number": "W-7", "placed_at": "yesterday" }),
            8 => json!({ "number": "W-8", "status": "ON_A_SHIP", "fulfilled_by": "ROBOT" }),
            _ => json!({ "number": format!("W-{place}") }),
        };
        changes.push(server.play("orders", &order).await["updated_at"].clone());
    }
    let channel = server.channel();
    let (mut seen, mut unreadable, mut page, mut reached) = (Vec::new(), Vec::new(), None, None);
    let mut pages = 0;
    loop {
        let found = channel
            .changed_orders(START, page.as_deref())
            .await
            .expect("an answer");
        pages += 1;
        seen.extend(found.orders.into_iter().map(|order| order.number.to_string()));
        unreadable.extend(found.unreadable.into_iter().map(|(number, _)| number));
        reached = reached.or(found.reaches_to);
        page = found.next;
        if page.is_none() {
            break;
        }
        // An order that changes while pages are read comes again, and no order is left out.
        server.play("orders/W-1/ship", &json!({})).await;
    }
    assert_eq!((pages, unreadable), (3, vec!["W-7".to_owned()]));
    assert_eq!(seen.iter().filter(|it| *it == "W-1").count(), 2);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 229);

    let last: DateTime<Utc> = changes[229].as_str().expect("a time").parse().expect("a time");
    assert!(reached.expect("a watermark") > last);
    let found = channel.changed_orders(last, None).await.expect("an answer");
    let numbers: Vec<_> = found.orders.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(
        numbers,
        ["W-229", "W-1"],
        "the watermark itself belongs to the answer"
    );
}

#[tokio::test]
async fn a_buyers_request_is_on_the_item_until_it_is_declined_or_granted() {
    let Some(server) = channel_with_order(&["--accept-at-once"]).await else {
        return;
    };
    let channel = server.channel();
    server
        .play("orders/W-1/request", &json!({ "reason": "Found cheaper." }))
        .await;
    let order = order_of(&channel).await;
    let request = order.items[0].request.clone().expect("a request");
    assert_eq!(request.reason.as_deref(), Some("Found cheaper."));
    let id = request.id.expect("an id");

    let decline = async |reason: &str| {
        channel
            .decline_request(&number("W-1"), &id, reason)
            .await
            .expect("an answer")
    };
    assert_eq!(decline("It is on its way.").await, Ok(()));
    assert_eq!(
        decline("It is on its way.").await,
        Ok(()),
        "a repeated answer changes nothing"
    );
    assert!(
        matches!(decline("Another one.").await, Err(ChannelRefusal::Refused(why)) if why.contains("ALREADY_ANSWERED"))
    );
    let unknown = channel
        .decline_request(&number("W-1"), ID, "No.")
        .await
        .expect("an answer");
    assert!(matches!(unknown, Err(ChannelRefusal::Refused(why)) if why.contains("REQUEST_NOT_FOUND")));
    let order = order_of(&channel).await;
    assert_eq!(order.items[0].request, None);

    server.play("orders/W-1/request", &json!({})).await;
    assert_eq!(cancel(&channel, two_cups(ID)).await, ChannelAnswer::Canceled);
    let order = order_of(&channel).await;
    assert_eq!(order.items[0].request, None);
    assert_eq!(
        order.items[0].canceled.clone().expect("a canceled item").by,
        "BUYER"
    );
}

#[tokio::test]
async fn an_answer_that_is_late_or_broken_leaves_a_cancellation_unknown_until_it_is_looked_up() {
    for trouble in ["slow", "failure", "garbage", "huge"] {
        let Some(server) = channel_with_order(&[]).await else {
            return;
        };
        let channel = server.channel();
        server.play("trouble", &json!({ "next": trouble })).await;
        let answer = cancel(&server.channel_in(trouble), two_cups(ID)).await;
        assert!(
            matches!(answer, ChannelAnswer::Unknown { .. }),
            "{trouble}: {answer:?}"
        );
        until("the channel has the cancellation", async || {
            !server.cancellations().await.is_empty()
        })
        .await;
        assert_eq!(outcome(&channel, two_cups(ID)).await, accepted(), "{trouble}");
        assert_eq!(server.cancellations().await.len(), 1, "{trouble}");
    }
}

#[tokio::test]
async fn a_list_that_is_late_or_broken_is_an_error_of_its_kind() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel();
    for (trouble, is_readable) in [
        ("slow", true),
        ("failure", true),
        ("garbage", false),
        ("huge", false),
    ] {
        server.play("trouble", &json!({ "next": trouble })).await;
        let listed = server.channel_in(trouble).changed_orders(START, None).await;
        let error = listed.expect_err("a failure");
        let is_expected = match error {
            ChannelError::Unavailable(_) => is_readable,
            ChannelError::Unreadable(_) => !is_readable,
            _ => false,
        };
        assert!(is_expected, "{trouble}: {error}");
    }
    assert_eq!(
        channel
            .changed_orders(START, None)
            .await
            .expect("an answer")
            .orders
            .len(),
        1
    );
}

#[tokio::test]
async fn a_channel_that_asks_for_patience_has_done_nothing() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel();
    let until = START + TimeDelta::seconds(30);
    server.play("trouble", &json!({ "next": "throttled" })).await;
    assert_eq!(
        channel.cancel(&[two_cups(ID)]).await,
        Err(ChannelError::Throttled { until })
    );
    server.play("trouble", &json!({ "next": "throttled" })).await;
    assert_eq!(
        channel.order(&number("W-1")).await,
        Err(ChannelError::Throttled { until })
    );
    assert_eq!(server.cancellations().await.len(), 0);
}

#[tokio::test]
async fn a_wrong_token_needs_a_person_and_is_not_repeated_in_the_error() {
    let Some(server) = channel_with_order(&[]).await else {
        return;
    };
    let channel = server.channel_with("a-wrong-token");
    let errors = [
        channel.changed_orders(START, None).await.expect_err("a failure"),
        channel.order(&number("W-1")).await.expect_err("a failure"),
        channel.cancel(&[two_cups(ID)]).await.expect_err("a failure"),
        channel.outcome(ID, &[two_cups(ID)]).await.expect_err("a failure"),
        channel
            .decline_request(&number("W-1"), ID, "No.")
            .await
            .expect_err("a failure"),
    ];
    for error in errors {
        assert!(matches!(error, ChannelError::Unauthorized(_)), "{error}");
        assert!(!format!("{error:?}").contains("a-wrong-token"), "{error:?}");
    }
}

#[tokio::test]
async fn without_a_connection_or_with_a_wrong_address_nothing_was_sent() {
    let closed = channel_at(&format!("http://{CLOSED}"), "token");
    let error = closed.cancel(&[two_cups(ID)]).await.expect_err("a failure");
    assert!(matches!(error, ChannelError::Unavailable(_)), "{error}");

    let Some(server) = ChannelServer::start(&[]).await else {
        return;
    };
    let elsewhere = channel_at(&format!("{}/shop/", server.address), "token");
    let error = elsewhere
        .changed_orders(START, None)
        .await
        .expect_err("a failure");
    assert!(
        matches!(error, ChannelError::Unreadable(ref why) if why.contains("address")),
        "{error}"
    );
}
