//! The callers who may cancel an order, and the tokens that are accepted.

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, order, sell};

const NOT_A_CUSTOMER: &str = "The current customer isn't authorized.";

on_every_database!(only_the_account_of_the_buyer_may_cancel, |shop| async move {
    let (_, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    let stranger = shop.customer("berta@example.com").await;
    let answer = shop.cancel_order(&id, "Other").token(&stranger).send().await;
    assert_eq!(answer.refused(Refusal::UNAUTHORISED), &Value::Null);
    // A stranger gets the same answer while the switch is off.
    shop.configure(json!({ "enabled": false })).await;
    let answer = shop.cancel_order(&id, "Other").token(&stranger).send().await;
    answer.is_refused(Refusal::UNAUTHORISED);
});

on_every_database!(a_guests_order_belongs_to_no_account, |shop| async move {
    shop.enable_cancellation().await;
    let guests = OrderJson::new("1").by_guest(BUYER).line("a", 1000, 1, 0, 0);
    let id = shop.import(&[guests.json()]).await.remove(0);
    let namesake = shop.customer(BUYER).await;
    let answer = shop.cancel_order(&id, "Other").token(&namesake).send().await;
    assert_eq!(answer.refused(Refusal::UNAUTHORISED), &Value::Null);
});

on_every_database!(an_account_belongs_to_one_website, |shop| async move {
    shop.create_website("second").await;
    shop.create_store("there", "second", "there").await;
    let (here, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    let there = shop.customer_on("second", "there", BUYER).await;

    let through_there = shop
        .cancel_order(&id, "Other")
        .token(&there)
        .store("there")
        .send()
        .await;
    assert_eq!(through_there.refused(Refusal::UNAUTHORISED), &Value::Null);
    let across = [(&there, "default"), (&here, "there")];
    for (token, store) in across {
        let answer = shop
            .cancel_order(&id, "Other")
            .token(token)
            .store(store)
            .send()
            .await;
        answer.fails("graphql-authorization", NOT_A_CUSTOMER);
    }
    assert_eq!(shop.my_order(&here, "1").await["status"], "Pending");
});

on_every_database!(a_token_of_staff_is_not_a_customers_token, |shop| async move {
    let (_, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    for role in StaffRole::ALL.iter().copied() {
        let token = shop.staff(role, None).await;
        let answer = shop.cancel_order(&id, "Other").token(&token).send().await;
        answer.fails("graphql-authorization", NOT_A_CUSTOMER);
    }
});

on_every_database!(
    a_request_with_an_invalid_token_is_refused_and_not_treated_as_a_guests,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
        let refused = async |token: &str| {
            let answers = [
                shop.cancel_order(&id, "Other").token(token).send().await,
                shop.ask("{ customer { firstname } }").token(token).send().await,
                // Public operations are refused too, because the storefront must learn that its customer is signed out.
                shop.ask("{ storeConfig { store_code } }")
                    .token(token)
                    .send()
                    .await,
            ];
            for answer in answers {
                assert_eq!(answer.category(), "graphql-authentication", "{:#}", answer.body);
                assert_eq!(answer.status, 200);
            }
        };
        let mut forged = customer.clone();
        let last = forged.pop().expect("not empty");
        forged.push(if last == 'A' { 'B' } else { 'A' });
        for token in [forged.as_str(), "x", "cmc_", "0' OR 1=1 --", &"y".repeat(4000)] {
            refused(token).await;
        }

        shop.wait(TimeDelta::minutes(59));
        assert_eq!(shop.my_order(&customer, "1").await["status"], "Pending");
        shop.wait(TimeDelta::minutes(1));
        refused(&customer).await;

        let again = shop.sign_in("default", BUYER, "Secret-123").await;
        let out = shop
            .ask("mutation { revokeCustomerToken { result } }")
            .token(&again)
            .send()
            .await;
        assert_eq!(out.data("/revokeCustomerToken/result"), &json!(true));
        refused(&again).await;
        assert_eq!(shop.order(&id).await["state"], "new");
    }
);

on_every_database!(
    one_document_may_cancel_several_orders_in_turn,
    |shop| async move {
        shop.enable_cancellation().await;
        let unpaid = |number: &str| order(number).line("a", 1000, 1, 0, 0).json();
        let ids = shop.import(&[unpaid("1"), unpaid("2")]).await;
        let customer = shop.customer(BUYER).await;
        let document = "mutation($a: ID!, $b: ID!) {
      first: cancelOrder(input: { order_id: $a, reason: \"Other\" }) { error order { status } }
      again: cancelOrder(input: { order_id: $a, reason: \"Other\" }) { error order { status } }
      second: cancelOrder(input: { order_id: $b, reason: \"Other\" }) { error order { status } }
    }";
        let asked = shop
            .ask(document)
            .variables(json!({ "a": ids[0], "b": ids[1] }))
            .token(&customer);
        let done = json!({ "error": null, "order": { "status": "Canceled" } });
        let refused = json!({ "error": Refusal::STATUS.message, "order": { "status": "Canceled" } });
        let expected = json!({ "first": done, "again": refused, "second": done });
        assert_eq!(asked.send().await.data(""), &expected);
        assert_eq!(shop.run_jobs().await.len(), 2);
    }
);
