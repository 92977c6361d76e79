//! The switch of a store view: off is off for every operation, at once, and on every server.

use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// What the operations that cancel need.
struct Doors {
    customer: String,
    order: String,
    guest_order: String,
    token: String,
    key: String,
}

async fn open(shop: &TestShop) -> Doors {
    shop.enable_cancellation().await;
    let order = |number: &str| OrderJson::new(number).line("a", 1000, 1, 1, 0);
    let orders = [
        order("1").by(BUYER).json(),
        order("2").by_guest("guest@example.com").json(),
    ];
    let [order, guest_order] = shop.import(&orders).await.try_into().expect("two orders");
    let key = shop.mailed_key(&guest_order, "Other").await;
    let token = shop.order_token(&guest_order).await;
    Doors {
        customer: shop.customer(BUYER).await,
        order,
        guest_order,
        token,
        key,
    }
}

/// Checks that each operation is refused at the server of `shop`, and that the order shows it.
async fn is_shut(shop: &TestShop, doors: &Doors) {
    let answers = [
        shop.cancel_order(&doors.order, "Other")
            .token(&doors.customer)
            .send()
            .await,
        shop.request_guest_cancel(&doors.token, "Other").send().await,
        shop.confirm_cancel(&doors.guest_order, &doors.key).send().await,
    ];
    for answer in answers {
        assert_eq!(answer.refused(Refusal::DISABLED), &Value::Null);
    }
    for id in [&doors.order, &doors.guest_order] {
        let payload = shop
            .work("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
        assert_eq!(payload["order"], Value::Null);
        assert_eq!(payload["user_errors"][0]["code"], "ORDER_CANCELLATION_DISABLED");
    }
    let mine = shop.my_order(&doors.customer, "1").await;
    assert_eq!(mine["available_actions"], json!(["REORDER"]));
    assert_eq!(mine["cancellation_terms"]["action"], "NONE");
    let told = json!({ "code": "DISABLED", "message": Refusal::DISABLED.message });
    assert_eq!(mine["cancellation_terms"]["refusal"], told);
    let config = shop
        .ask("{ storeConfig { order_cancellation_enabled } }")
        .send()
        .await;
    assert_eq!(
        config.data("/storeConfig/order_cancellation_enabled"),
        &json!(false)
    );
}

async fn is_open(shop: &TestShop, doors: &Doors) {
    let mine = shop.my_order(&doors.customer, "1").await;
    assert_eq!(mine["available_actions"], json!(["REORDER", "CANCEL"]));
    assert_eq!(mine["cancellation_terms"]["refusal"], Value::Null);
    assert_eq!(mine["cancellation_terms"]["refusals"], json!([]));
    let config = shop
        .ask("{ storeConfig { order_cancellation_enabled } }")
        .send()
        .await;
    assert_eq!(
        config.data("/storeConfig/order_cancellation_enabled"),
        &json!(true)
    );
}

on_every_database!(
    switching_off_refuses_every_cancellation_at_once_on_every_server,
    |shop| async move {
        let other = shop.replica().await;
        let doors = open(&shop).await;
        is_open(&other, &doors).await;
        let before = [
            shop.order(&doors.order).await,
            shop.order(&doors.guest_order).await,
        ];

        shop.switch("default", false).await;
        is_shut(&other, &doors).await;
        is_shut(&shop, &doors).await;
        other.switch("default", true).await;
        is_open(&shop, &doors).await;
        is_open(&other, &doors).await;
        other.switch("default", false).await;
        is_shut(&shop, &doors).await;

        assert_eq!(
            [
                shop.order(&doors.order).await,
                shop.order(&doors.guest_order).await
            ],
            before
        );
        assert_eq!(shop.run_jobs().await, [], "no mail was sent");
    }
);

on_every_database!(switching_on_allows_cancellations_again, |shop| async move {
    let doors = open(&shop).await;
    shop.switch("default", false).await;
    is_shut(&shop, &doors).await;
    shop.switch("default", true).await;
    let mine = shop
        .cancel_order(&doors.order, "Other")
        .token(&doors.customer)
        .send()
        .await;
    assert_eq!(mine.order()["status"], "Closed");
    let guests = shop.confirm_cancel(&doors.guest_order, &doors.key).send().await;
    assert_eq!(guests.order()["status"], "Closed");
    shop.run_jobs().await;
});

on_every_database!(no_buyer_can_cancel_in_a_new_shop, |shop| async move {
    let id = shop
        .import(&[OrderJson::new("1").by(BUYER).line("a", 1000, 1, 0, 0).json()])
        .await
        .remove(0);
    let customer = shop.customer(BUYER).await;
    let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
    assert_eq!(answer.refused(Refusal::DISABLED), &Value::Null);
});

on_every_database!(
    the_switch_of_the_orders_own_store_view_decides,
    |shop| async move {
        shop.create_store("second", "base", "second").await;
        let order = |number: &str, store| {
            OrderJson::new(number)
                .by(BUYER)
                .in_store(store)
                .line("a", 1000, 1, 0, 0)
                .json()
        };
        let ids = shop.import(&[order("1", 1), order("2", 2)]).await;
        let customer = shop.customer(BUYER).await;
        shop.switch("second", true).await;
        // Each order is canceled through the other store view: the order's own store view decides.
        let first = shop
            .cancel_order(&ids[0], "Other")
            .token(&customer)
            .store("second")
            .send()
            .await;
        assert_eq!(first.refused(Refusal::DISABLED), &Value::Null);
        let second = shop
            .cancel_order(&ids[1], "Other")
            .token(&customer)
            .store("default")
            .send()
            .await;
        assert_eq!(second.order()["status"], "Canceled");
        shop.run_jobs().await;
    }
);

on_every_database!(
    a_manager_may_cancel_although_the_switch_is_off,
    |shop| async move {
        let doors = open(&shop).await;
        shop.switch("default", false).await;
        let input = json!({ "order_id": doors.order, "reason": "Other", "override_switch": true });
        let canceled = shop.worked("cancelOrderAsAdmin", input).await;
        assert_eq!(canceled["state"], "closed");
        shop.run_jobs().await;
    }
);
