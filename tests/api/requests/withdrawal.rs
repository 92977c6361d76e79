//! Who takes a request back, and who is told about it.

use super::*;

/// Opens a request of Gus, a guest, who confirms it by mail. Gives the token of the order and the key of the mail.
async fn confirmed(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    let input = json!({
        "scope": "DEFAULT",
        "values": [{ "key": "sales/cancellation/mode", "value": "REQUEST" }],
    });
    shop.owner_does("updateSettings", input, "").await;
    let order = OrderJson::new("1").by_guest(GUEST).line("tea", 1000, 2, 0, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let key = shop.mailed_key(&id, "Other").await;
    let answer = shop.confirm_cancel(&id, &key).send().await;
    assert_eq!(answer.order()["items"][0]["status"], "Cancellation requested");
    (shop.order_token(&id).await, key)
}

async fn withdraw(shop: &TestShop, input: Value) -> Answer {
    asks(shop, "withdrawCancellationRequest", &input).send().await
}

on_every_database!(
    the_buyer_gets_a_mail_about_a_request_that_is_taken_back,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let tea = items_of(&shop, &id).await.remove(0);
        let items = json!([{ "item_id": tea, "quantity": 1 }]);
        done(
            &request_of(&shop, &id, &items).token(&anna).send().await,
            "requestOrderCancellation",
        );
        let back = asks(&shop, "withdrawCancellationRequest", &json!({ "order_id": id }));
        done(&back.token(&anna).send().await, "withdrawCancellationRequest");
        shop.run_jobs().await;
        let mail = newest_mail_to(&shop, "The request to cancel order 1 was taken back.");
        assert!(mail.contains("- 1 x Product tea (tea)"), "{mail}");
        assert!(mail.contains("If you did not take it back yourself"), "{mail}");
    }
);

on_every_database!(
    the_link_of_an_order_alone_does_not_take_back_what_a_mail_confirmed,
    |shop| async move {
        let (token, key) = confirmed(&shop).await;
        let wrong = "x".repeat(key.len());
        for input in [
            json!({ "token": token }),
            json!({ "token": token, "confirmation_key": wrong }),
        ] {
            let refused = withdraw(&shop, input).await;
            assert_eq!(
                code(&refused, "withdrawCancellationRequest"),
                "CONFIRMATION_NEEDED"
            );
        }
        let answer = withdraw(&shop, json!({ "token": token, "confirmation_key": key })).await;
        let back = done(&answer, "withdrawCancellationRequest");
        assert_eq!(back["cancellation_request"]["status"], "WITHDRAWN");
        shop.leave_jobs();
    }
);

on_every_database!(
    wrong_keys_of_withdrawals_are_limited_as_those_of_confirmations,
    |shop| async move {
        let (token, _) = confirmed(&shop).await;
        let wrong = json!({ "token": token, "confirmation_key": "x".repeat(32) });
        for _ in 0..10 {
            withdraw(&shop, wrong.clone()).await;
        }
        let answer = withdraw(&shop, wrong).await;
        assert_eq!(answer.category(), "graphql-rate-limit");
        shop.leave_jobs();
    }
);
