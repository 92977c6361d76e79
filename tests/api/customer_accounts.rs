//! Accounts of customers: created by a manager, or by an import and then given a password.

use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

fn customer(email: &str) -> Value {
    json!({
        "website_code": "base", "email": email, "password": "Secret-123", "firstname": "Anna", "lastname": "Larsen"
    })
}

fn taken() -> (String, String) {
    ("TAKEN".into(), "email".into())
}

on_every_database!(an_address_has_one_account_on_each_website, |shop| async move {
    shop.create_website("europe").await;
    shop.create_store("nl", "europe", "eu").await;
    let (input, selection) = (
        customer(" Anna@Example.com "),
        "customer { firstname lastname email }",
    );
    let made = shop.owner_does("createCustomer", input, selection).await;
    let anna = json!({ "firstname": "Anna", "lastname": "Larsen", "email": "anna@example.com" });
    assert_eq!(made["customer"], anna);
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(
        [&entry["action"], &entry["target"]],
        ["createCustomer", "anna@example.com"]
    );
    for email in ["anna@example.com", "ANNA@example.com"] {
        assert_eq!(shop.refused("createCustomer", customer(email)).await, taken());
    }
    let mut elsewhere = customer("anna@example.com");
    elsewhere["website_code"] = json!("europe");
    elsewhere["password"] = json!("Another-1");
    let made = shop.owner_does("createCustomer", elsewhere, selection).await;
    assert_eq!(made["user_errors"], json!([]));
    shop.sign_in("default", "anna@example.com", "Secret-123").await;
    shop.sign_in("nl", "anna@example.com", "Another-1").await;
});

on_every_database!(an_account_needs_valid_values, |shop| async move {
    let long = "x".repeat(257);
    let cases = [
        ("website_code", "nowhere", "NOT_FOUND"),
        ("email", "not an address", "INVALID"),
        ("email", "a@b@c", "INVALID"),
        ("email", "@", "INVALID"),
        ("password", "1234567", "INVALID"),
        ("password", &long, "INVALID"),
        ("firstname", "", "INVALID"),
        ("lastname", "a\tb", "INVALID"),
    ];
    for (field, value, code) in cases {
        let mut input = customer("a@b.c");
        input[field] = json!(value);
        let refused = shop.refused("createCustomer", input).await;
        assert_eq!(
            (refused.0.as_str(), refused.1.as_str()),
            (code, field),
            "`{value}`"
        );
    }
});

on_every_database!(
    staff_sets_the_password_of_an_imported_customer_once,
    |shop| async move {
        let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0);
        let orders = [
            order("1").by("Anna@Example.com").json(),
            order("2").by("anna@example.com").json(),
            order("3").by_guest("anna@example.com").json(),
        ];
        shop.import(&orders).await;
        let sign_in = "mutation { generateCustomerToken(email: \"anna@example.com\", password: \"        \") { token } }";
        let without = shop.ask(sign_in).send().await;
        assert_eq!(
            without.category(),
            "graphql-authentication",
            "nothing opens it yet"
        );

        let token = shop.customer("anna@example.com").await;
        let query = "{ customer { orders { total_count items { number } } } }";
        let answer = shop.ask(query).token(&token).send().await;
        let count = answer.data("/customer/orders/total_count");
        assert_eq!(count, 2, "a guest's order stays a guest's");

        let mut thief = customer("anna@example.com");
        thief["password"] = json!("Stolen-123");
        assert_eq!(shop.refused("createCustomer", thief).await, taken());
        shop.sign_in("default", "anna@example.com", "Secret-123").await;
    }
);
