//! A subscription goes on after a cut: an update may come twice, and none is left out.

use countermand_tests::event_stream::EventStream;
use countermand_tests::socket::Socket;
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::{ORDER_UPDATED, hold, order_of_anna, version};

/// How many changes a second server makes, while the reader is cut off again and again.
const CHANGES: i64 = 30;

/// Changes the order at a server of its own.
fn change(shop: &TestShop, id: &str) -> tokio::task::JoinHandle<()> {
    let (shop, id) = (shop.clone(), id.to_owned());
    tokio::spawn(async move {
        let other = shop.replica().await;
        for number in 0..CHANGES {
            hold(&other, &id, number % 2 == 0).await;
        }
    })
}

/// The versions that a reader saw, each once.
fn without_gap(mut seen: Vec<i64>) {
    seen.dedup();
    let last = CHANGES + 1;
    assert_eq!(seen, (1..=last).collect::<Vec<_>>());
}

on_every_database!(
    no_change_is_left_out_when_a_websocket_is_cut_again_and_again,
    |shop| async move {
        let (id, _) = order_of_anna(&shop).await;
        let mut seen = Vec::new();
        let mut after = Value::Null;
        let mut changing = None;
        while seen.last() != Some(&(CHANGES + 1)) {
            let mut socket = Socket::of(shop.address(), Some(shop.owner())).await;
            socket
                .subscribe("1", ORDER_UPDATED, json!({ "id": id, "after": after }))
                .await;
            for _ in 0..4 {
                let message = socket.message().await;
                seen.push(version(&message["payload"]));
                after = message["payload"]["data"]["orderUpdated"]["cursor"].clone();
                changing.get_or_insert_with(|| change(&shop, &id));
                if seen.last() == Some(&(CHANGES + 1)) {
                    break;
                }
            }
        }
        without_gap(seen);
        changing.expect("changes").await.expect("each change was made");
    }
);

on_every_database!(
    a_browser_goes_on_with_the_id_of_the_last_event,
    |shop| async move {
        let (id, _) = order_of_anna(&shop).await;
        let mut seen = Vec::new();
        let mut last_id: Option<String> = None;
        let mut changing = None;
        while seen.last() != Some(&(CHANGES + 1)) {
            let header: Vec<_> = last_id.iter().map(|id| ("last-event-id", id.as_str())).collect();
            let variables = json!({ "id": id });
            let response = shop.subscribe(ORDER_UPDATED, variables, Some(shop.owner()), &header);
            let mut events = EventStream::of(response.await);
            for _ in 0..4 {
                let update = events.update().await;
                seen.push(version(&update.data));
                last_id = update.id;
                changing.get_or_insert_with(|| change(&shop, &id));
                if seen.last() == Some(&(CHANGES + 1)) {
                    break;
                }
            }
        }
        without_gap(seen);
        changing.expect("changes").await.expect("each change was made");
    }
);

on_sqlite!(
    a_browser_that_is_cut_twice_without_an_update_between_keeps_its_place,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let variables = json!({ "id": id });
        let mut events = shop.events(ORDER_UPDATED, variables.clone(), Some(&anna)).await;
        let first = events.update().await.id.expect("an id");
        drop(events);
        let header = [("last-event-id", first.as_str())];
        let response = shop
            .subscribe(ORDER_UPDATED, variables, Some(&anna), &header)
            .await;
        // By the specification, a browser begins each connection without an id.
        assert_eq!(EventStream::of(response).id_alone().await, first);
    }
);

on_sqlite!(the_header_counts_more_than_the_argument, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    for is_held in [true, false, true] {
        hold(&shop, &id, is_held).await;
    }
    let mut events = shop.events(ORDER_UPDATED, json!({ "id": id }), Some(&anna)).await;
    let newest = events.update().await;
    assert_eq!(
        version(&newest.data),
        4,
        "without a cursor the newest change comes first"
    );
    let trail = shop
        .database()
        .published_events(order_id(&shop).await, 0, 10)
        .await;
    let ids: Vec<_> = trail.expect("events").into_iter().map(|it| it.id).collect();
    // A browser repeats its first request, with the argument that it had then.
    let variables = json!({ "id": id, "after": ids[0] });
    let header = [("last-event-id", ids[2].as_str())];
    let response = shop
        .subscribe(ORDER_UPDATED, variables.clone(), Some(&anna), &header)
        .await;
    assert_eq!(version(&EventStream::of(response).update().await.data), 4);
    let response = shop.subscribe(ORDER_UPDATED, variables, Some(&anna), &[]).await;
    assert_eq!(version(&EventStream::of(response).update().await.data), 2);
});

on_sqlite!(a_cursor_of_another_order_is_refused, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    for cursor in [
        "",
        "nonsense",
        "019cc83b-5c00-7000-8000-0000000000ff",
        "10000000001:1",
    ] {
        let variables = json!({ "id": id, "after": cursor });
        let mut events = shop.events(ORDER_UPDATED, variables, Some(&anna)).await;
        assert_eq!(events.ends_with().await, "CURSOR_UNKNOWN", "{cursor}");
    }
});

async fn order_id(shop: &TestShop) -> countermand_domain::OrderId {
    let number = "000000001".into();
    let store = countermand_domain::StoreNumber(1);
    let found = shop.database().order_by_number(store, &number).await;
    found.expect("readable").expect("an order").order.id
}
