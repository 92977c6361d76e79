//! Idempotency keys: a request that is sent again under its key changes nothing again and gets the same bytes.

mod after_crash;
mod callers;
mod every_mutation;
mod kept;
mod lost_answers;

use countermand_domain::StaffRole;
use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const BUYER: &str = "anna@example.com";
const KEY: &str = "Idempotency-Key";

/// A paid order of the buyer's, whose token and id are given. Cancellation is on.
async fn sell(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    shop.leave_jobs();
    let anna = shop.customer(BUYER).await;
    let order = OrderJson::new("1").by(BUYER).line("A", 1000, 2, 2, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    (anna, id)
}

/// A note of staff on an order: nothing in the order's state keeps it from being added twice.
fn note(shop: &TestShop, id: &str, text: &str) -> Ask {
    let input = json!({ "order_id": id, "text": text });
    shop.staff_asks("addOrderNote", &input, "order { version }")
        .token(shop.owner())
}

async fn version(shop: &TestShop, id: &str) -> i64 {
    shop.order(id).await["version"].as_i64().expect("a version")
}

/// The code of the first error.
fn code(answer: &Answer) -> &str {
    let code = answer.body.pointer("/errors/0/extensions/code");
    code.and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no code in {:#}", answer.body))
}

on_every_database!(
    a_repeated_cancellation_gets_the_same_bytes_at_every_replica,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let replica = shop.replica().await;
        let ask = |shop: &TestShop| shop.cancel_order(&id, "Other").token(&anna).header(KEY, "k 1");
        let first = ask(&shop).send().await;
        first.works();
        // What is changed later is in no repetition.
        assert_eq!(note(&shop, &id, "later").send().await.status, 200);
        for shop in [&shop, &replica] {
            let again = ask(shop).send().await;
            assert_eq!((again.status, &again.text), (200, &first.text));
        }
        let input = json!({ "idempotency_key": "k 1", "reason": "Other", "order_id": id });
        let by_field = replica.cancellation("cancelOrder", "CancelOrderInput", &input);
        assert_eq!(by_field.token(&anna).send().await.text, first.text);
        let order = shop.order(&id).await;
        assert_eq!(order["version"], 3, "the cancellation and the note");
        assert_eq!(order["order"]["credit_memos"].as_array().map(Vec::len), Some(1));
        // Without a key, the state of the order protects.
        let unkeyed = shop.cancel_order(&id, "Other").token(&anna).send().await;
        assert_eq!(unkeyed.data("/cancelOrder/errorV2/code"), "INVALID_ORDER_STATUS");
    }
);

on_every_database!(a_key_belongs_to_one_request, |shop| async move {
    let (anna, id) = sell(&shop).await;
    shop.create_store("nl", "base", "main_website_store").await;
    shop.cancel_order(&id, "Other")
        .token(&anna)
        .header(KEY, "k")
        .send()
        .await
        .works();
    let document =
        "mutation($id: ID!) { cancelOrder(input: { order_id: $id, reason: \"Other\" }) { error } }";
    let others = [
        (
            "another reason",
            shop.cancel_order(&id, "Order entered by mistake"),
        ),
        ("another order", shop.cancel_order("MTAwMDAwMDAwMDk=", "Other")),
        (
            "another selection",
            shop.ask(document).variables(json!({ "id": id })),
        ),
        ("another store view", shop.cancel_order(&id, "Other").store("nl")),
    ];
    for (what, ask) in others {
        let ask = ask
            .token(&anna)
            .header(KEY, "k")
            .header("Accept", "application/graphql-response+json");
        let answer = ask.send().await;
        assert_eq!(code(&answer), "IDEMPOTENCY_KEY_REUSED", "{what}");
        assert_eq!(answer.status, 422, "{what}");
        assert!(!answer.text.contains("credit_memos"), "{what}");
    }
    assert_eq!(version(&shop, &id).await, 2);
});

on_every_database!(
    of_many_equal_requests_at_two_replicas_one_runs,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        let replica = shop.replica().await;
        for round in 0..4 {
            let door = |number: usize| if number.is_multiple_of(2) { &shop } else { &replica };
            let mut running: JoinSet<Answer> = (0..12)
                .map(|number| note(door(number), &id, "once").header(KEY, &format!("k{round}")))
                .map(Ask::send)
                .collect();
            let mut texts = Vec::new();
            while let Some(answer) = running.join_next().await {
                let answer = answer.expect("an answer");
                if answer.body.get("errors").is_none() {
                    texts.push(answer.text);
                } else {
                    assert_eq!(code(&answer), "IDEMPOTENCY_KEY_IN_USE", "{:#}", answer.body);
                    assert_eq!(answer.header("retry-after"), Some("1"));
                }
            }
            texts.push(
                note(&replica, &id, "once")
                    .header(KEY, &format!("k{round}"))
                    .send()
                    .await
                    .text,
            );
            texts.dedup();
            assert_eq!(texts.len(), 1, "{texts:?}");
            assert_eq!(version(&shop, &id).await, round + 2);
        }
    }
);

on_every_database!(a_refusal_is_repeated_and_a_failure_is_not, |shop| async move {
    let (anna, id) = sell(&shop).await;
    shop.switch("default", false).await;
    let ask = || shop.cancel_order(&id, "Other").token(&anna).header(KEY, "k");
    let refused = ask().send().await;
    assert!(!refused.data("/cancelOrder/errorV2").is_null());
    shop.switch("default", true).await;
    assert_eq!(ask().send().await.text, refused.text, "a refusal is an answer");
    ask().header(KEY, "another").send().await.works();

    // A caller without the right gets no answer that lasts: the same request may be allowed later.
    let viewer = shop.staff(StaffRole::Viewer, None).await;
    let input = json!({ "order_id": id, "text": "a" });
    let denied = shop.staff_asks("addOrderNote", &input, "order { version }");
    let denied = denied.token(&viewer).header(KEY, "k").send().await;
    assert_eq!(code(&denied), "FORBIDDEN");
    assert_eq!(rows(&shop).await, 2, "the refusal and the cancellation");
});

on_every_database!(hostile_keys_are_refused_before_anything_runs, |shop| async move {
    let (_, id) = sell(&shop).await;
    let hold = |key: &Value| {
        let input = json!({ "order_id": id, "idempotency_key": key });
        shop.staff_asks("holdOrder", &input, "").token(shop.owner())
    };
    let long = "k".repeat(256);
    for key in [
        "",
        " ",
        "a\nb",
        "a\0b",
        "schlüssel",
        "🔑",
        "'; DROP TABLE orders; --\u{7f}",
        &long,
    ] {
        let answer = hold(&json!(key)).send().await;
        assert_eq!(code(&answer), "IDEMPOTENCY_KEY_INVALID", "{key:?}");
        assert_eq!(answer.category(), "graphql-input");
    }
    for key in ["", "k\u{e4}", &long] {
        let answer = hold(&Value::Null).header(KEY, key).send().await;
        assert_eq!(code(&answer), "IDEMPOTENCY_KEY_INVALID", "{key:?}");
    }
    let differ = hold(&json!("a")).header(KEY, "b").send().await;
    assert_eq!(code(&differ), "IDEMPOTENCY_KEY_INVALID");
    let two = format!(
        "mutation {{ a: holdOrder(input: {{ order_id: \"{id}\" }}) {{ user_errors {{ code }} }}
           b: unholdOrder(input: {{ order_id: \"{id}\" }}) {{ user_errors {{ code }} }} }}"
    );
    let two = shop.ask(&two).token(shop.owner()).header(KEY, "k").send().await;
    assert_eq!(code(&two), "IDEMPOTENCY_KEY_INVALID");
    assert_eq!(version(&shop, &id).await, 1);
    assert_eq!(rows(&shop).await, 0);

    let longest = "'\"\\%_;--$1?:x".repeat(20)[..255].to_owned();
    let held = hold(&json!(longest)).send().await;
    assert_eq!(held.data("/holdOrder/user_errors"), &json!([]));
    let again = hold(&Value::Null).header(KEY, &longest).send().await;
    assert_eq!(again.text, held.text);
    assert_eq!(version(&shop, &id).await, 2);
});

on_every_database!(a_key_takes_two_more_round_trips, |shop| async move {
    let (anna, id) = sell(&shop).await;
    let ask = || shop.cancel_order(&id, "Other").token(&anna).header(KEY, "k");
    for most in [5, 3] {
        let before = shop.database().round_trips();
        ask().send().await.works();
        let trips = shop.database().round_trips() - before;
        assert!(trips <= most, "{trips} round trips, not {most}");
    }
});

/// The number of keys in the database.
async fn rows(shop: &TestShop) -> i64 {
    count(shop, "SELECT COUNT(*) AS kept FROM idempotency_keys").await
}

/// The number `kept` that the query gives.
async fn count(shop: &TestShop, query: &str) -> i64 {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let database = Database::connect(shop.database_url()).await.expect("a database");
    let statement = Statement::from_string(database.get_database_backend(), query);
    let row = database
        .query_one_raw(statement)
        .await
        .expect("rows")
        .expect("a row");
    let kept = row.try_get("", "kept").expect("a number");
    database.close().await.expect("closed");
    kept
}

/// Runs statements on the database, as an operator may.
async fn on_database(shop: &TestShop, statements: &[&str]) {
    use sea_orm::{ConnectionTrait, Database};
    let database = Database::connect(shop.database_url()).await.expect("a database");
    for statement in statements {
        database.execute_unprepared(statement).await.expect(statement);
    }
    database.close().await.expect("closed");
}
