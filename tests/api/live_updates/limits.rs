//! What no subscriber may do to the server, and what remains when the server stops.

use std::time::{Duration, Instant};

use countermand_server::http::{HttpSettings, LiveLimits};
use countermand_tests::event_stream::EventStream;
use countermand_tests::process::ServerProcess;
use countermand_tests::socket::{PROTOCOL, Received, Socket};
use countermand_tests::time_limit::{soon, until};
use countermand_tests::{OrderJson, ServerSettings, TestShop, on_sqlite};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{ORDER_UPDATED, hold, order_of_anna, version};
use crate::program::PROGRAM;

/// A second server with these limits.
pub(super) async fn limited(shop: &TestShop, live: LiveLimits, connections: u32) -> TestShop {
    let usual = ServerSettings::default();
    let settings = ServerSettings {
        http: HttpSettings { live, ..usual.http },
        connections_per_address: connections,
        ..usual
    };
    shop.replica_with(settings).await
}

on_sqlite!(one_websocket_has_fifty_operations, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    let mut socket = Socket::of(shop.address(), Some(&anna)).await;
    for number in 0..50 {
        let name = number.to_string();
        socket.subscribe(&name, ORDER_UPDATED, json!({ "id": id })).await;
        assert_eq!(version(&socket.message().await["payload"]), 1);
    }
    socket
        .subscribe("too many", ORDER_UPDATED, json!({ "id": id }))
        .await;
    let refused = socket.message().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("too many"))
    );
    assert_eq!(refused["payload"][0]["extensions"]["code"], "TOO_MANY_OPERATIONS");
    socket.send(&json!({ "type": "complete", "id": "7" })).await;
    socket
        .subscribe("one more", ORDER_UPDATED, json!({ "id": id }))
        .await;
    assert_eq!(socket.message().await["id"], "one more");
});

on_sqlite!(
    half_of_an_address_s_connections_may_stay_open,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        // These WebSockets say nothing, and keep their places until the test is done.
        let live = LiveLimits {
            init: Duration::from_secs(600),
            ..LiveLimits::default()
        };
        let server = limited(&shop, live, 16).await;
        let seven = [("x-forwarded-for", "198.51.100.7")];
        let eight = [("x-forwarded-for", "198.51.100.8")];
        let mut sockets = Vec::new();
        for _ in 0..8 {
            let socket = Socket::connect(server.address(), PROTOCOL, &seven).await;
            sockets.push(socket.expect("a WebSocket"));
        }
        let refused = Socket::connect(server.address(), PROTOCOL, &seven).await;
        assert_eq!(refused.err(), Some(429));
        let variables = json!({ "id": id });
        let refused = server.subscribe(ORDER_UPDATED, variables.clone(), Some(&anna), &seven);
        assert_eq!(refused.await.status(), 429);
        // Another address has places of its own, and ordinary requests are answered.
        let other = server.subscribe(ORDER_UPDATED, variables.clone(), Some(&anna), &eight);
        assert_eq!(version(&EventStream::of(other.await).update().await.data), 1);
        let asked = server
            .ask("{ storeConfig { store_code } }")
            .header("x-forwarded-for", "198.51.100.7");
        assert_eq!(asked.send().await.data("/storeConfig/store_code"), "default");
        sockets.pop();
        until("the place is free again", async || {
            let refused = Socket::connect(server.address(), PROTOCOL, &seven).await.err();
            assert!(matches!(refused, None | Some(429)), "{refused:?}");
            refused.is_none()
        })
        .await;
    }
);

on_sqlite!(a_message_that_is_too_large_is_refused, |shop| async move {
    let mut socket = Socket::of(shop.address(), None).await;
    let long = "x".repeat(130 * 1024);
    socket
        .send(&json!({ "type": "ping", "payload": { "x": long } }))
        .await;
    assert_eq!(socket.closed().await, 1009);
    // A message that is announced to be huge is not read at all.
    let mut socket = Socket::of(shop.address(), None).await;
    socket.send_text(&"x".repeat(1024 * 1024)).await;
    assert!(matches!(
        socket.next().await,
        Received::CutOff | Received::Closed(_)
    ));
});

/// An order whose updates are large, and the query for them.
async fn large_order(shop: &TestShop) -> (String, String) {
    let order = (0..300).fold(OrderJson::new("000000001"), |order, n| {
        order.line(&format!("S{n}"), 100, 1, 0, 0)
    });
    let id = shop.import(&[order.json()]).await.remove(0);
    let fields = (0..25).fold(String::new(), |text, n| format!("{text}a{n}: product_name "));
    let query = format!(
        "subscription($id: ID, $after: ID) {{ orderUpdated(order_id: $id, after: $after) {{ order {{ items {{ {fields} }} }} }} }}"
    );
    (id, query)
}

/// Limits with which a test need not wait for half a minute.
const IMPATIENT: LiveLimits = LiveLimits {
    init: Duration::from_secs(60),
    ping: Duration::from_secs(60),
    slow_reader: Duration::from_secs(1),
    operations: 50,
    message: 128 * 1024,
};

/// Changes the order until `is_cut`, for five minutes at most.
async fn changes_until(shop: &TestShop, id: &str, is_cut: impl Fn() -> bool) {
    let begun = Instant::now();
    let mut is_held = true;
    while !is_cut() {
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "a reader that does not read is cut off"
        );
        hold(shop, id, is_held).await;
        is_held = !is_held;
    }
}

on_sqlite!(
    a_reader_of_events_that_does_not_read_is_cut_off,
    |shop| async move {
        let (id, query) = large_order(&shop).await;
        let server = limited(&shop, IMPATIENT, 256).await;
        let address = server.address().trim_start_matches("http://").to_owned();
        let mut stalled = TcpStream::connect(&address).await.expect("a connection");
        let body = json!({ "query": query, "variables": { "id": id } }).to_string();
        let (owner, length) = (shop.owner(), body.len());
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer {owner}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stalled.write_all(request.as_bytes()).await.expect("sent");
        is_cut_after_changes(&shop, &id, &mut stalled).await;
    }
);

on_sqlite!(
    a_reader_of_a_websocket_that_does_not_read_is_cut_off,
    |shop| async move {
        let (id, query) = large_order(&shop).await;
        let server = limited(&shop, IMPATIENT, 256).await;
        let payload = json!({ "query": query, "variables": { "id": id } });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
        let mut stalled = raw_socket(&server).await;
        stalled.write_all(&masked(&subscribe)).await.expect("sent");
        is_cut_after_changes(&shop, &id, &mut stalled).await;
    }
);

/// A WebSocket of an owner that has sent `connection_init`, and that reads nothing.
async fn raw_socket(server: &TestShop) -> TcpStream {
    let address = server.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer {}\r\n\r\n",
        server.owner()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let init = masked(&json!({ "type": "connection_init" }));
    stream.write_all(&init).await.expect("sent");
    stream
}

/// A frame of text from a client, with a mask of zeros.
fn masked(message: &Value) -> Vec<u8> {
    let text = message.to_string();
    let length = u16::try_from(text.len()).expect("a short text");
    let mut frame = vec![0x81, 0x80 | 0x7e];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

on_sqlite!(a_websocket_that_answers_no_ping_is_cut_off, |shop| async move {
    // A client is cut off after three pings without a word, so others may keep the machine busy for some seconds.
    let ping = Duration::from_millis(1_500);
    let live = LiveLimits { ping, ..IMPATIENT };
    let server = limited(&shop, live, 256).await;
    let silent = raw_socket(&server).await;
    let mut alive = Socket::of(server.address(), Some(shop.owner())).await;
    let peer = silent.local_addr().expect("an address").port();
    until("the silent client is cut off", async || {
        // The other client reads, and so answers each ping.
        alive.send(&json!({ "type": "ping" })).await;
        assert_eq!(alive.message().await, json!({ "type": "pong" }));
        !is_established(peer)
    })
    .await;
});

/// Changes the order while `stalled` does not read. The server must end the connection, and what it sent until then is
/// no more than the buffers of both systems hold.
async fn is_cut_after_changes(shop: &TestShop, id: &str, stalled: &mut TcpStream) {
    let peer = stalled.local_addr().expect("an address").port();
    changes_until(shop, id, || !is_established(peer)).await;
    let mut rest = Vec::new();
    // A reset is an end, too.
    let _ = stalled.read_to_end(&mut rest).await;
    assert!(
        !rest.is_empty() && rest.len() < 64 * 1024 * 1024,
        "{} bytes",
        rest.len()
    );
}

/// Whether the server's end of the connection from the local port `peer` is established, as the system lists it.
fn is_established(peer: u16) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the connections of the system");
    let remote = format!("0100007F:{peer:04X}");
    table.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(2);
        fields.next() == Some(remote.as_str()) && fields.next() == Some("01")
    })
}

on_sqlite!(
    a_server_that_stops_ends_subscriptions_at_once,
    |shop| async move {
        let (id, _) = order_of_anna(&shop).await;
        // Other requests that are under way when the server stops may take ten seconds.
        let limit = Duration::from_secs(5);
        soon("the end of a server", limit, async || stopped(&shop, &id).await).await;
    }
);

/// The time that a server with two subscriptions takes to end.
async fn stopped(shop: &TestShop, id: &str) -> Duration {
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
    let mut socket = Socket::of(&server.address, Some(shop.owner())).await;
    socket.subscribe("1", ORDER_UPDATED, json!({ "id": id })).await;
    assert_eq!(version(&socket.message().await["payload"]), 1);
    let request = shop.client().post(format!("{}/graphql", server.address));
    let request = request
        .header("accept", "text/event-stream")
        .bearer_auth(shop.owner());
    let body = json!({ "query": ORDER_UPDATED, "variables": { "id": id } });
    let response = request.json(&body).send().await.expect("an answer");
    let mut events = EventStream::of(response);
    assert_eq!(version(&events.update().await.data), 1);
    let begun = Instant::now();
    server.signal("TERM");
    assert_eq!(socket.closed().await, 1001);
    // Without `complete`, a client knows that it is to subscribe again.
    assert_eq!(events.next().await, None);
    drop(socket);
    assert_eq!(server.ended().await, 0);
    begun.elapsed()
}

on_sqlite!(the_page_of_metrics_counts_open_subscriptions, |shop| async move {
    let (id, _) = order_of_anna(&shop).await;
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
    let mut socket = Socket::of(&server.address, Some(shop.owner())).await;
    socket.subscribe("1", ORDER_UPDATED, json!({ "id": id })).await;
    assert_eq!(version(&socket.message().await["payload"]), 1);
    let (_, metrics) = server.page("/metrics").await;
    for line in [
        "countermand_live_connections{transport=\"websocket\"} 1",
        "countermand_live_updates_total{transport=\"websocket\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    server.kill().await;
});
