//! A key belongs to its caller: another caller with the same key sees and stops nothing.

use countermand_app::Staff;
use countermand_domain::StaffRole;
use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;

use super::{BUYER, KEY, code, count, note, rows, sell, version};

on_every_database!(callers_do_not_share_keys, |shop| async move {
    let (anna, id) = sell(&shop).await;
    let bob = shop.customer("bob@example.com").await;
    let cancel = |token: &str| shop.cancel_order(&id, "Other").token(token).header(KEY, "k");
    let first = cancel(&anna).send().await;
    first.works();
    for other in [&bob, shop.owner()] {
        let answer = cancel(other).send().await;
        assert_ne!(answer.text, first.text);
        assert!(
            !answer.text.contains(BUYER) && !answer.text.contains("credit_memos"),
            "{}",
            answer.text
        );
    }
    let anonymous = shop.cancel_order(&id, "Other").header(KEY, "k").send().await;
    assert_eq!(anonymous.category(), "graphql-authorization");

    let support = shop.staff(StaffRole::Support, None).await;
    let of_owner = note(&shop, &id, "a").header(KEY, "k").send().await;
    let of_support = note(&shop, &id, "a")
        .header(KEY, "k")
        .token(&support)
        .send()
        .await;
    assert_eq!(of_owner.data("/addOrderNote/order/version"), 3);
    assert_eq!(of_support.data("/addOrderNote/order/version"), 4);
});

on_every_database!(
    a_token_of_the_same_name_with_other_rights_has_its_own_keys,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        let support = shop.staff(StaffRole::Support, None).await;
        let of_one_store = shop.staff(StaffRole::Support, Some(1)).await;
        let manager = Staff::new(StaffRole::Support.code(), StaffRole::Manager);
        let manager = shop.token_of(manager).await;
        for (token, version) in [(&support, 2), (&of_one_store, 3), (&manager, 4)] {
            let asked = note(&shop, &id, "a").header(KEY, "k").token(token);
            assert_eq!(asked.send().await.data("/addOrderNote/order/version"), version);
        }
    }
);

on_every_database!(guests_are_told_apart_by_their_orders_token, |shop| async move {
    shop.enable_cancellation().await;
    shop.leave_jobs();
    let order = |number: &str| {
        OrderJson::new(number)
            .by_guest("guest@example.com")
            .line("A", 1000, 1, 1, 0)
            .json()
    };
    let ids = shop.import(&[order("1"), order("2")]).await;
    let tokens = [shop.order_token(&ids[0]).await, shop.order_token(&ids[1]).await];
    let ask = |token: &str, reason: &str| shop.request_guest_cancel(token, reason).header(KEY, "k").send();
    let first = ask(&tokens[0], "Other").await;
    first.works();
    assert_eq!(ask(&tokens[0], "Other").await.text, first.text);
    assert_eq!(
        code(&ask(&tokens[0], "Order entered by mistake").await),
        "IDEMPOTENCY_KEY_REUSED"
    );
    let other = ask(&tokens[1], "Other").await;
    other.works();
    assert_eq!(other.order()["number"], "2");
    assert_eq!(shop.run_jobs().await.len(), 2, "one mail for each order");

    let key = shop.mailed_key(&ids[1], "Other").await;
    let confirm = |key: &str| shop.confirm_cancel(&ids[1], key).header(KEY, "k").send();
    let confirmed = confirm(&key).await;
    confirmed.works();
    assert_eq!(confirm(&key).await.text, confirmed.text);
    let guessed = confirm(&"x".repeat(32)).await;
    let refused = guessed.data("/confirmCancelOrder/errorV2/code");
    assert_eq!(refused, "INVALID_ORDER_STATUS", "another key is another request");
});

on_every_database!(an_erased_customer_leaves_no_answer, |shop| async move {
    let (anna, id) = sell(&shop).await;
    let noted = || note(&shop, &id, "a").header(KEY, "k").send();
    let cancel = shop.cancel_order(&id, "Other").token(&anna).header(KEY, "k");
    cancel.send().await.works();
    assert_eq!(noted().await.data("/addOrderNote/order/version"), 3);
    erase(&shop, BUYER).await;
    assert_eq!((rows(&shop).await, answers(&shop).await), (2, 0));
    // The mark stays: the note is not added again, and the order is shown as it is now.
    let erased = version(&shop, &id).await;
    assert!(erased > 3);
    assert_eq!(noted().await.data("/addOrderNote/order/version"), erased);
    assert_eq!(version(&shop, &id).await, erased);
});

on_every_database!(an_erased_guest_leaves_no_answer, |shop| async move {
    let guest = "guest@example.com";
    let (_, other) = sell(&shop).await;
    let order = OrderJson::new("2").by_guest(guest).line("A", 1000, 1, 0, 0);
    let order = order.in_state("payment_review", "payment_review").json();
    let id = shop.import(&[order]).await.remove(0);
    let token = shop.order_token(&id).await;
    let ask = || shop.request_guest_cancel(&token, "Other").header(KEY, "k").send();
    // The refusal changes nothing and shows the order.
    let refused = ask().await;
    assert_eq!(refused.refused(Refusal::STATUS)["number"], "2");
    assert_eq!(ask().await.text, refused.text);
    let noted = || note(&shop, &other, "a").header(KEY, "k").send();
    noted().await;
    assert_eq!((rows(&shop).await, answers(&shop).await), (2, 2));
    erase(&shop, guest).await;
    assert_eq!((rows(&shop).await, answers(&shop).await), (2, 0));
    // Nothing was changed under the key, so the request runs again.
    assert!(!ask().await.text.contains(guest));
    assert_eq!(noted().await.data("/addOrderNote/order/version"), 2);
    assert_eq!(version(&shop, &other).await, 2, "the note was added once");
});

/// The number of kept answers in the database.
async fn answers(shop: &TestShop) -> i64 {
    count(
        shop,
        "SELECT COUNT(*) AS kept FROM idempotency_keys WHERE answer IS NOT NULL",
    )
    .await
}

async fn erase(shop: &TestShop, email: &str) {
    shop.run_jobs().await;
    let input = json!({ "website_code": "base", "email": email, "include_guest_orders": true });
    let payload = shop
        .owner_does("eraseCustomer", input, "erased_orders is_complete")
        .await;
    assert_eq!(payload["user_errors"], json!([]), "{payload:#}");
}
