//! Accounts of customers: created by a manager, or by an import, after which the customer chooses a password.

use countermand_domain::StaffRole;
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
    a_manager_cannot_choose_the_password_of_an_imported_customer,
    |shop| async move {
        let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0);
        let orders = [
            order("1").by("Anna@Example.com").json(),
            order("2").by("anna@example.com").json(),
            order("3").by_guest("anna@example.com").json(),
        ];
        shop.import(&orders).await;
        let asked = customer("anna@example.com");
        let made = shop
            .owner_does("createCustomer", asked.clone(), "link_sent customer { email }")
            .await;
        assert_eq!(
            (&made["link_sent"], &made["user_errors"]),
            (&json!(true), &json!([]))
        );
        assert_eq!(made["customer"]["email"], "anna@example.com");
        let entry = shop.audit_log(1).await.remove(0);
        assert_eq!(entry["action"], "createCustomer");
        let sign_in = |password: &str| {
            let query = "mutation($password: String!) { generateCustomerToken(email: \"anna@example.com\", password: $password) { token } }";
            shop.ask(query).variables(json!({ "password": password })).send()
        };
        assert_eq!(
            sign_in("Secret-123").await.category(),
            "graphql-authentication",
            "the manager does not know the password"
        );

        // Only the customer, who reads the mail, chooses the password.
        shop.run_jobs().await;
        let mails = shop.mail().mails();
        let mail = mails.last().expect("a mail");
        let token = mail.split_once("token=").expect("a link").1;
        let token = token.split_whitespace().next().expect("a token");
        let reset = "mutation($token: String!) {
          resetPassword(email: \"anna@example.com\", resetPasswordToken: $token, newPassword: \"Chosen-456\")
        }";
        let reset = shop.ask(reset).variables(json!({ "token": token })).send().await;
        assert_eq!(reset.data("/resetPassword"), true);
        let token = shop.sign_in("default", "anna@example.com", "Chosen-456").await;
        let query = "{ customer { orders { total_count items { number } } } }";
        let answer = shop.ask(query).token(&token).send().await;
        let count = answer.data("/customer/orders/total_count");
        assert_eq!(count, 2, "a guest's order stays a guest's");
        assert_eq!(shop.refused("createCustomer", asked).await, taken());
    }
);

on_every_database!(
    a_manager_of_one_store_view_reaches_no_customer_of_another_website,
    |shop| async move {
        shop.create_website("europe").await;
        shop.create_store("nl", "europe", "eu").await;
        let order = |number: &str, store| {
            let order = OrderJson::new(number).by("berta@example.com").in_store(store);
            order.line("A", 1000, 1, 0, 0).json()
        };
        shop.import(&[order("1", 2)]).await;
        let manager = shop.staff(StaffRole::Manager, Some(1)).await;
        let create = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { link_sent user_errors { code } } }";
        for email in ["berta@example.com", "new@example.com"] {
            let mut input = customer(email);
            input["website_code"] = json!("europe");
            let asked = shop.ask(create).variables(json!({ "input": input }));
            let refused = asked.token(&manager).send().await;
            assert_eq!(refused.category(), "graphql-authorization", "{email}");
        }
        let import = "mutation($orders: String!) { importOrders(input: { orders: $orders }) { imported refused { number } } }";
        let orders = Value::from(vec![order("2", 2)]).to_string();
        let asked = shop.ask(import).variables(json!({ "orders": orders }));
        let answer = asked.token(&manager).send().await;
        assert_eq!(answer.data("/importOrders/imported"), 0);
        assert!(shop.run_jobs().await.is_empty(), "no customer gets a mail");
        let own = customer("new@example.com");
        let asked = shop.ask(create).variables(json!({ "input": own }));
        let made = asked.token(&manager).send().await;
        assert_eq!(
            made.data("/createCustomer"),
            &json!({ "link_sent": false, "user_errors": [] })
        );
    }
);

on_every_database!(
    a_manager_of_one_of_several_store_views_leads_no_customer_elsewhere,
    |shop| async move {
        shop.create_store("nl", "base", "main_website_store").await;
        let buyer = OrderJson::new("1")
            .by("berta@example.com")
            .line("A", 1000, 1, 0, 0);
        shop.import(&[buyer.json()]).await;
        let manager = shop.staff(StaffRole::Manager, Some(2)).await;
        let create = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { link_sent customer { firstname } } }";
        for email in ["berta@example.com", "new@example.com"] {
            let asked = shop.ask(create).variables(json!({ "input": customer(email) }));
            let refused = asked.token(&manager).send().await;
            assert_eq!(refused.category(), "graphql-authorization", "{email}");
        }
        let update = "mutation($key: String!, $value: String) { updateSettings(input: {
          scope: STORE, code: \"nl\", values: [{ key: $key, value: $value }] }) { user_errors { code } } }";
        for value in [json!("https://elsewhere.example/"), Value::Null] {
            let variables = json!({ "key": "web/secure/base_link_url", "value": value });
            let asked = shop.ask(update).variables(variables);
            let refused = asked.token(&manager).send().await;
            assert_eq!(refused.category(), "graphql-authorization", "{value}");
        }
        let variables = json!({ "key": "sales/cancellation/guest_order_path", "value": "bestelling" });
        let own = shop.ask(update).variables(variables).token(&manager).send().await;
        assert_eq!(own.data("/updateSettings/user_errors"), &json!([]));
    }
);
