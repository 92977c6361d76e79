//! Callers without rights try many operations: at once, one after the other, or with another token.

use serde_json::{Value, json};

use super::Target;
use super::row::{Expected, Row, Sent, bearer, http, post, repeated};

pub(super) fn rows(target: &Target) -> Vec<Row> {
    [many_at_once(target), ids(target), doors(target)].concat()
}

/// One request with many aliases, each of which is a guess.
fn many_at_once(target: &Target) -> Vec<Row> {
    let many = |kind: &str, times: usize, guess: &dyn Fn(usize) -> String| {
        let guesses = repeated(times, |n| format!("a{n}: {} ", guess(n)));
        format!("{kind} {{ {guesses} }}")
    };
    let key = |n| {
        format!(
            "confirmCancelOrder(input: {{ order_id: \"{}\", confirmation_key: \"{n:032}\" }}) {{ error }}",
            target.order
        )
    };
    let password = |n| {
        format!("generateCustomerToken(email: \"anna@example.com\", password: \"Secret-{n}\") {{ token }}")
    };
    let order = |n| format!("cancelOrder(input: {{ order_id: \"{n}\", reason: \"Other\" }}) {{ error }}");
    let guest = |n| {
        format!(
            "guestOrder(input: {{ number: \"{n:09}\", email: \"anna@example.com\", lastname: \"Larsen\" }}) {{ token }}"
        )
    };
    let token = |n| format!("guestOrderByToken(input: {{ token: \"{n}\" }}) {{ number }}");
    vec![
        Row::refused("100 keys in a request", &many("mutation", 100, &key)),
        Row::refused("100 passwords in a request", &many("mutation", 100, &password)),
        Row::refused("100 order ids in a request", &many("mutation", 100, &order)),
        Row::refused("100 order numbers in a request", &many("query", 100, &guest)),
        Row::refused("100 order tokens in a request", &many("query", 100, &token)),
    ]
}

/// Ids that no order has.
fn ids(target: &Target) -> Vec<Row> {
    let token = bearer(&target.customer);
    let asked = |id: &Value| {
        let query = "mutation($id: ID!) { cancelOrder(input: { order_id: $id, reason: \"Other\" }) { order { number } } }";
        let body = json!({ "query": query, "variables": { "id": id } });
        let sent = Sent::Bytes(post(&[("Authorization", &token)], &body));
        let name: String = id.to_string().chars().take(40).collect();
        Row::new(format!("the order id {name}"), sent, Expected::Handled)
    };
    let ids = [
        json!(""),
        json!("0"),
        json!("-1"),
        json!("1"),
        json!("0x10"),
        json!("1e9"),
        json!("9223372036854775807"),
        json!("9223372036854775808"),
        json!("9".repeat(20_000)),
        json!("AAAA"),
        json!("MQ=="),
        json!("LTE="),
        json!("===="),
        json!("\u{661}\u{662}"),
        json!(-9_223_372_036_854_775_808_i64),
    ];
    ids.iter().map(asked).collect()
}

/// Operations of staff that other callers send.
fn doors(target: &Target) -> Vec<Row> {
    let category = |category: &str| Expected::Data("/errors/0/extensions/category", json!(category));
    let customer = bearer(&target.customer);
    let asked = |name: &str, token: &str, query: &str, expected| {
        let body = json!({ "query": query, "variables": { "id": target.order } });
        Row::new(
            name,
            Sent::Bytes(post(&[("Authorization", token)], &body)),
            expected,
        )
    };
    let hold = "mutation($id: ID!) { holdOrder(input: { order_id: $id }) { user_errors { code } } }";
    let switch = "mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: false }) { user_errors { code } } }";
    let order = "query($id: ID!) { order(id: $id) { order { token } } }";
    let make = "mutation { createCustomer(input: { website_code: \"base\", email: \"x@example.com\", password: \"Secret-123\", firstname: \"x\", lastname: \"x\" }) { user_errors { code } } }";
    let cancel = "mutation($id: ID!) { cancelOrder(input: { order_id: $id, reason: \"Other\" }) { error } }";
    vec![
        asked(
            "a customer who holds an order",
            &customer,
            hold,
            category("graphql-authorization"),
        ),
        asked(
            "a customer who switches cancellation off",
            &customer,
            switch,
            category("graphql-authorization"),
        ),
        asked(
            "a customer who reads as staff",
            &customer,
            order,
            category("graphql-authorization"),
        ),
        asked(
            "a customer who makes accounts",
            &customer,
            make,
            category("graphql-authorization"),
        ),
        asked(
            "a caller without a token who reads as staff",
            "",
            order,
            category("graphql-authorization"),
        ),
        asked(
            "a caller without a token who cancels",
            "",
            cancel,
            category("graphql-authorization"),
        ),
        asked(
            "a token that was never given",
            &bearer(&"0".repeat(32)),
            cancel,
            category("graphql-authentication"),
        ),
        asked(
            "a token without a signature",
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            cancel,
            category("graphql-authentication"),
        ),
        Row::new(
            "a token in the address",
            Sent::Bytes(http(
                &format!(
                    "GET /graphql?query=%7Bcustomer%7Bemail%7D%7D&token={}",
                    target.customer
                ),
                &[("Accept", "application/json")],
                b"",
            )),
            category("graphql-authorization"),
        ),
    ]
}
