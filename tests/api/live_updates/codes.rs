//! The sub-protocol `graphql-transport-ws`: what closes a WebSocket, and with which code.

use countermand_tests::on_sqlite;
use countermand_tests::socket::{PROTOCOL, Received, Socket};
use serde_json::{Value, json};

use super::{ORDER_UPDATED, order_of_anna, version};

const QUERY: &str = "{ storeConfig { store_code } }";

fn init() -> Value {
    json!({ "type": "connection_init" })
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

on_sqlite!(
    a_client_that_breaks_the_protocol_is_told_the_code,
    |shop| async move {
        let complete = json!({ "type": "complete", "id": "1" });
        let cases = [
            ("no message at all", vec![], 4408),
            (
                "an operation before the acknowledgement",
                vec![subscribe("1", QUERY)],
                4401,
            ),
            ("a second beginning", vec![init(), init()], 4429),
            ("an unknown type", vec![init(), json!({ "type": "start" })], 4400),
            (
                "a message of the older protocol",
                vec![json!({ "type": "connection_terminate" })],
                4400,
            ),
            (
                "a message without a type",
                vec![init(), json!({ "id": "1" })],
                4400,
            ),
            (
                "an operation without an id",
                vec![
                    init(),
                    json!({ "type": "subscribe", "payload": { "query": QUERY } }),
                ],
                4400,
            ),
            (
                "an operation without a query",
                vec![init(), json!({ "type": "subscribe", "id": "1", "payload": {} })],
                4400,
            ),
            (
                "variables that are a list",
                vec![
                    init(),
                    json!({ "type": "subscribe", "id": "1", "payload": { "query": QUERY, "variables": [] } }),
                ],
                4400,
            ),
            (
                "an unknown token",
                vec![json!({ "type": "connection_init", "payload": { "Authorization": "Bearer x" } })],
                4403,
            ),
        ];
        for (case, messages, code) in cases {
            let mut socket = Socket::open(shop.address()).await;
            for message in &messages {
                socket.send(message).await;
            }
            assert_eq!(socket.closed().await, code, "{case}");
        }
        // Completing what does not run is allowed: both sides may end an operation at the same moment.
        let mut socket = Socket::of(shop.address(), None).await;
        socket.send(&complete).await;
        socket.send(&json!({ "type": "pong" })).await;
        socket
            .send(&json!({ "type": "ping", "payload": { "a": 1 } }))
            .await;
        assert_eq!(socket.message().await, json!({ "type": "pong" }));
    }
);

on_sqlite!(an_id_belongs_to_one_operation_until_it_ends, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    let mut socket = Socket::of(shop.address(), Some(&anna)).await;
    for _ in 0..3 {
        socket.subscribe("1", ORDER_UPDATED, json!({ "id": id })).await;
        assert_eq!(version(&socket.message().await["payload"]), 1);
        socket.send(&json!({ "type": "complete", "id": "1" })).await;
    }
    socket.subscribe("1", ORDER_UPDATED, json!({ "id": id })).await;
    assert_eq!(version(&socket.message().await["payload"]), 1);
    socket.send(&subscribe("1", QUERY)).await;
    assert_eq!(socket.closed().await, 4409);
});

on_sqlite!(bytes_and_texts_that_are_no_json_are_invalid, |shop| async move {
    let mut socket = Socket::of(shop.address(), None).await;
    socket.send_bytes(init().to_string().as_bytes()).await;
    assert_eq!(socket.closed().await, 4400);
    let mut socket = Socket::of(shop.address(), None).await;
    socket.send_text("nonsense").await;
    assert_eq!(socket.closed().await, 4400);
    let mut socket = Socket::of(shop.address(), None).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    socket.send_text(&deep).await;
    assert_eq!(socket.closed().await, 4400);
});

on_sqlite!(
    an_operation_that_cannot_run_gets_an_error_and_the_others_go_on,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let mut socket = Socket::of(shop.address(), Some(&anna)).await;
        socket.subscribe("kept", ORDER_UPDATED, json!({ "id": id })).await;
        assert_eq!(socket.message().await["id"], "kept");
        let deep = format!("{{ {} a {} }}", "a { ".repeat(25), "} ".repeat(25));
        let refused = [
            ("nonsense", "{"),
            ("unknown", "subscription { nothing }"),
            ("too deep", &deep),
            (
                "two fields",
                "subscription { a: orderUpdated { cursor } b: orderUpdated { cursor } }",
            ),
            (
                "in a fragment",
                "subscription { ...A } fragment A on Subscription { orderUpdated { cursor } }",
            ),
            (
                "wrong argument",
                "subscription { orderUpdated(order_id: {}) { cursor } }",
            ),
        ];
        for (case, query) in refused {
            socket.send(&subscribe(case, query)).await;
            let message = socket.message().await;
            assert_eq!(
                (&message["type"], &message["id"]),
                (&json!("error"), &json!(case)),
                "{message}"
            );
            assert!(message["payload"][0]["message"].is_string(), "{message}");
        }
        // What the order itself refuses is an answer, as in the protocol's own server.
        socket
            .subscribe("refused", ORDER_UPDATED, json!({ "id": "MTIz" }))
            .await;
        let message = socket.message().await;
        assert_eq!(message["type"], "next");
        assert_eq!(
            message["payload"]["errors"][0]["extensions"]["code"],
            "ORDER_NOT_FOUND"
        );
        assert_eq!(
            socket.message().await,
            json!({ "id": "refused", "type": "complete" })
        );
        super::hold(&shop, &id, true).await;
        let message = socket.message().await;
        assert_eq!(
            (&message["id"], version(&message["payload"])),
            (&json!("kept"), 2)
        );
    }
);

on_sqlite!(
    the_older_sub_protocol_and_pages_of_other_origins_are_refused,
    |shop| async move {
        let address = shop.address();
        let connect = |protocol: &'static str, headers: &'static [(&'static str, &'static str)]| async move {
            Socket::connect(address, protocol, headers).await.err()
        };
        assert_eq!(connect("graphql-ws", &[]).await, Some(400));
        assert_eq!(connect("graphql-ws, graphql-transport-ws", &[]).await, None);
        let stranger: &'static [(&'static str, &'static str)] = &[("origin", "https://evil.example")];
        assert_eq!(connect(PROTOCOL, stranger).await, Some(403));
        let mut own = Socket::connect(address, PROTOCOL, &[("origin", address)])
            .await
            .expect("a page of this host");
        own.send(&init()).await;
        assert_eq!(
            own.next().await,
            Received::Message(json!({ "type": "connection_ack" }))
        );
    }
);

on_sqlite!(
    the_headers_of_a_websocket_name_the_caller_too,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let authorization = format!("Bearer {anna}");
        let headers = [("authorization", authorization.as_str()), ("store", "default")];
        let mut socket = Socket::connect(shop.address(), PROTOCOL, &headers)
            .await
            .expect("a WebSocket");
        socket.send(&init()).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket.subscribe("1", ORDER_UPDATED, json!({ "id": id })).await;
        assert_eq!(version(&socket.message().await["payload"]), 1);
    }
);
