//! Subscriptions: no cancellation takes them. Their buyer or staff ends them, and orders that renew them move the
//! period.

mod guests;
mod races;
mod renewals;

use chrono::TimeDelta;
use countermand_tests::refusal::Refusal;
use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

const SUBSCRIPTION: Refusal = Refusal {
    code: "UNDEFINED",
    message: "SUBSCRIPTION: An item of the order is a subscription, which is ended by itself; the other items can be \
              canceled by item.",
};

const FIELDS: &str = "subscription_id status order_number product_name interval_unit interval_count paid_from \
                      paid_until ends_at end_reason end_comment credit_memo_number end_options can_resume \
                      refund_at_once { value }";

/// An order of Anna's for a mug at $20.00 and a year of a magazine at $100.00, both paid.
fn yearly(number: &str, from: &str, until: &str) -> OrderJson {
    OrderJson::new(number)
        .by(BUYER)
        .line("mug", 2000, 1, 1, 0)
        .line("magazine", 10_000, 1, 1, 0)
        .of_type("virtual")
        .subscription("SUB-1", from, until)
}

/// A shop that lets buyers cancel and end subscriptions by `end`. Gives Anna's token and the id of her order.
async fn sell(shop: &TestShop, end: &str) -> (String, String) {
    shop.enable_cancellation().await;
    set(shop, "enabled", "true").await;
    set(shop, "end", end).await;
    let anna = shop.customer(BUYER).await;
    let order = yearly("1", "2026-01-01 00:00:00", "2027-01-01 00:00:00");
    (anna, shop.import(&[order.json()]).await.remove(0))
}

async fn set(shop: &TestShop, key: &str, value: &str) {
    let values = json!([{ "key": format!("sales/subscriptions/{key}"), "value": value }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

/// The subscriptions of a customer, and how many there are.
async fn listed(shop: &TestShop, customer: &str) -> (Value, Value) {
    let query = format!("{{ customer {{ subscriptions {{ items {{ {FIELDS} }} total_count }} }} }}");
    let answer = shop.ask(&query).token(customer).send().await;
    let page = answer.data("/customer/subscriptions");
    (page["items"].clone(), page["total_count"].clone())
}

/// Sends `endSubscription` or `resumeSubscription` for the subscription of Anna's order.
async fn change(shop: &TestShop, token: &str, mutation: &str, more: &Value) -> Value {
    let mut input = json!({ "subscription_id": "SUB-1" });
    for (field, value) in more.as_object().expect("fields") {
        input[field] = value.clone();
    }
    let selection = format!("subscription {{ {FIELDS} }}");
    let asked = shop.staff_asks(mutation, &input, &selection).token(token);
    asked.send().await.data(&format!("/{mutation}")).clone()
}

/// The code and the field of the only refusal of a change.
fn refusal(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["subscription"], Value::Null, "{payload:#}");
    let refusal = &payload["user_errors"][0];
    let text = |field: &str| refusal[field].as_str().unwrap_or_default();
    (text("code"), text("field"))
}

/// A mail says `text` once the jobs have run.
async fn is_told(shop: &TestShop, text: &str) {
    shop.run_jobs().await;
    let mails = shop.mail().mails();
    assert!(mails.iter().any(|mail| mail.contains(text)), "{mails:#?}");
}

async fn is_healthy(shop: &TestShop) {
    let report = shop.app().doctor(|_| {}).await.expect("a report");
    assert!(report.is_healthy(), "{report:#?}");
}

on_every_database!(
    a_cancellation_leaves_the_subscription_and_takes_the_rest_by_item,
    |shop| async move {
        let (anna, id) = sell(&shop, "PERIOD_END").await;
        let whole = shop.cancel_order(&id, "Other").token(&anna).send().await;
        assert_eq!(whole.refused(SUBSCRIPTION)["state"], "processing");
        let query = "{ customer { orders { items { available_actions subscriptions { subscription_id status }
          cancellation_terms { action refusals { code hint } items { product_sku action quantity_open refusals } }
        } } } }";
        let order = shop.ask(query).token(&anna).send().await;
        let order = order.data("/customer/orders/items/0").clone();
        assert_eq!(
            order["subscriptions"],
            json!([{ "subscription_id": "SUB-1", "status": "ACTIVE" }])
        );
        let terms = &order["cancellation_terms"];
        assert_eq!(terms["action"], "NONE");
        assert_eq!(terms["refusals"][0]["code"], "SUBSCRIPTION");
        let hint = terms["refusals"][0]["hint"].as_str().unwrap_or_default();
        assert!(hint.starts_with("End the subscription"), "{hint}");
        let items = json!([
            { "product_sku": "mug", "action": "CANCEL", "quantity_open": 1.0, "refusals": [] },
            { "product_sku": "magazine", "action": "NONE", "quantity_open": 0.0, "refusals": ["SUBSCRIPTION"] },
        ]);
        assert_eq!(terms["items"], items);

        let subscription = shop.item_lines(&id, &[0, 1]).await;
        let answer = shop
            .cancel_items(&id, &subscription, "")
            .token(&anna)
            .send()
            .await;
        answer.is_refused(SUBSCRIPTION);
        let staff = json!({ "order_id": id, "reason": "Other" });
        let refused = shop.refused("cancelOrderAsAdmin", staff.clone()).await;
        assert_eq!(refused, ("SUBSCRIPTION".into(), "order_id".into()));
        let refused = shop.refused("requestOrderCancellation", staff).await;
        assert_eq!(refused, ("SUBSCRIPTION".into(), "order_id".into()));
        let bulk = json!({ "order_ids": [id], "reason": "other", "dry_run": true });
        let forecast = shop
            .owner_does(
                "bulkCancelOrders",
                bulk,
                "forecast { results { refusal { code } } }",
            )
            .await;
        assert!(forecast.to_string().contains("SUBSCRIPTION"), "{forecast:#}");

        let mug = shop.item_lines(&id, &[1, 0]).await;
        let answer = shop.cancel_items(&id, &mug, "").token(&anna).send().await;
        assert_eq!(paid_back(answer.order()), [20.0]);
        let (subscriptions, total) = listed(&shop, &anna).await;
        assert_eq!((&subscriptions[0]["status"], total), (&json!("ACTIVE"), json!(1)));
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    a_subscription_ends_with_the_paid_period_and_is_resumed_before,
    |shop| async move {
        let (anna, id) = sell(&shop, "PERIOD_END").await;
        let why = json!({ "reason": "Other", "comment": "No time to read" });
        let ended = change(&shop, &anna, "endSubscription", &why).await;
        assert_eq!(ended["user_errors"], json!([]));
        let expected = json!({
            "subscription_id": "SUB-1", "status": "ENDING", "order_number": "1", "product_name": "Product magazine",
            "interval_unit": "YEAR", "interval_count": 1, "paid_from": "2026-01-01 00:00:00",
            "paid_until": "2027-01-01 00:00:00", "ends_at": "2027-01-01 00:00:00", "end_reason": "Other",
            "end_comment": "No time to read", "credit_memo_number": null, "end_options": [], "can_resume": true,
            "refund_at_once": null
        });
        assert_eq!(ended["subscription"], expected);
        is_told(
            &shop,
            "Your subscription ends on 2027-01-01: Product magazine, order 1.",
        )
        .await;
        let again = change(&shop, &anna, "endSubscription", &json!({})).await;
        assert_eq!(refusal(&again), ("SUBSCRIPTION_ENDING", "subscription_id"));
        let now = change(&shop, &anna, "endSubscription", &json!({ "when": "AT_ONCE" })).await;
        assert_eq!(refusal(&now), ("END_NOT_OFFERED", "when"));

        let resumed = change(&shop, &anna, "resumeSubscription", &json!({})).await;
        assert_eq!(resumed["subscription"]["status"], "ACTIVE", "{resumed:#}");
        assert_eq!(resumed["subscription"]["end_options"], json!(["PERIOD_END"]));
        is_told(&shop, "Your subscription goes on: Product magazine, order 1.").await;
        let again = change(&shop, &anna, "resumeSubscription", &json!({})).await;
        assert_eq!(refusal(&again), ("SUBSCRIPTION_NOT_ENDING", "subscription_id"));

        // Time alone ends it, without a job.
        change(&shop, &anna, "endSubscription", &json!({})).await;
        shop.wait(TimeDelta::days(300));
        let anna = shop.sign_in("default", BUYER, "Secret-123").await;
        assert_eq!(listed(&shop, &anna).await.0[0]["status"], "ENDED");
        let late = change(&shop, &anna, "resumeSubscription", &json!({})).await;
        assert_eq!(refusal(&late), ("SUBSCRIPTION_ENDED", "subscription_id"));
        let order = shop.order(&id).await;
        let kinds: Vec<_> = order["events"].as_array().expect("events").iter().collect();
        let kinds: Vec<_> = kinds.iter().filter_map(|event| event["kind"].as_str()).collect();
        let ended = kinds.iter().filter(|kind| **kind == "order.subscription_ended");
        assert_eq!(ended.count(), 2, "{kinds:?}");
        assert!(kinds.contains(&"order.subscription_resumed"), "{kinds:?}");
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(an_end_at_once_pays_the_exact_share_back, |shop| async move {
    let (anna, id) = sell(&shop, "CHOICE").await;
    // 299 whole days of 365 are left.
    let (subscriptions, _) = listed(&shop, &anna).await;
    assert_eq!(subscriptions[0]["end_options"], json!(["PERIOD_END", "AT_ONCE"]));
    assert_eq!(subscriptions[0]["refund_at_once"]["value"], 81.91);
    let ended = change(&shop, &anna, "endSubscription", &json!({ "when": "AT_ONCE" })).await;
    assert_eq!(ended["user_errors"], json!([]));
    assert_eq!(ended["subscription"]["status"], "ENDED");
    assert_eq!(ended["subscription"]["ends_at"], "2026-03-07 12:00:00");
    assert_eq!(ended["subscription"]["credit_memo_number"], "1-1");
    let order = shop.order(&id).await;
    assert_eq!(paid_back(&order["order"]), [81.91]);
    let memo = &order["order"]["credit_memos"][0];
    assert_eq!(memo["total"]["adjustment"]["value"], 81.91, "{memo:#}");
    assert_eq!(memo["items"], json!([]));
    is_told(&shop, "We pay $81.91 back to you").await;
    assert_eq!(order["reversals"][0]["amount"]["value"], 81.91, "{order:#}");
    let again = change(&shop, &anna, "endSubscription", &json!({ "when": "AT_ONCE" })).await;
    assert_eq!(refusal(&again), ("SUBSCRIPTION_ENDED", "subscription_id"));
    let mug = shop.item_lines(&id, &[1, 0]).await;
    let answer = shop.cancel_items(&id, &mug, "").token(&anna).send().await;
    assert_eq!(paid_back(answer.order()), [81.91, 20.0]);
    is_healthy(&shop).await;
    shop.leave_jobs();
});

on_every_database!(
    a_renewal_moves_the_period_and_is_what_is_ended,
    |shop| async move {
        let (_, first) = sell(&shop, "CHOICE").await;
        shop.wait(TimeDelta::days(290));
        let anna = shop.sign_in("default", BUYER, "Secret-123").await;
        let renewal = yearly("2", "2027-01-01 00:00:00", "2028-01-01 00:00:00");
        let other = OrderJson::new("3")
            .by(BUYER)
            .line("box", 500, 1, 1, 0)
            .subscription("SUB-2", "2026-12-01 00:00:00", "2026-12-08 00:00:00");
        let ids = shop.import(&[other.json(), renewal.json()]).await;
        let (subscriptions, total) = listed(&shop, &anna).await;
        let places: Vec<_> = subscriptions.as_array().expect("subscriptions").iter().collect();
        let places: Vec<_> = places
            .iter()
            .map(|it| (&it["subscription_id"], &it["order_number"]))
            .collect();
        assert_eq!(
            places,
            [(&json!("SUB-1"), &json!("2")), (&json!("SUB-2"), &json!("3"))]
        );
        assert_eq!(total, 2);
        assert_eq!(subscriptions[0]["paid_until"], "2028-01-01 00:00:00");

        // The period has not begun, so all of it comes back, on the order that paid it.
        let ended = change(&shop, &anna, "endSubscription", &json!({ "when": "AT_ONCE" })).await;
        assert_eq!(ended["subscription"]["order_number"], "2", "{ended:#}");
        assert_eq!(paid_back(&shop.order(&ids[1]).await["order"]), [100.0]);
        assert_eq!(paid_back(&shop.order(&first).await["order"]), [0.0; 0]);
        let query = "query($id: ID!) { order(id: $id) { order { subscriptions { status order_number paid_until } } } }";
        let asked = shop
            .ask(query)
            .variables(json!({ "id": first }))
            .token(shop.owner());
        let seen = asked.send().await.data("/order/order/subscriptions/0").clone();
        let expected = json!({ "status": "ENDED", "order_number": "2", "paid_until": "2028-01-01 00:00:00" });
        assert_eq!(seen, expected);
        let page = "{ customer { subscriptions(currentPage: 2, pageSize: 1) { items { subscription_id } page_info { total_pages } } } }";
        let page = shop.ask(page).token(&anna).send().await;
        let page = page.data("/customer/subscriptions").clone();
        let expected =
            json!({ "items": [{ "subscription_id": "SUB-2" }], "page_info": { "total_pages": 2 } });
        assert_eq!(page, expected);

        // The biller renews it all the same: it ends with the period that was paid, and all of it can come back.
        let again = yearly("4", "2028-01-01 00:00:00", "2029-01-01 00:00:00").json();
        let input = json!({ "orders": again.to_string() });
        let summary = shop.owner_does("importOrders", input, "notes").await;
        let note = "the end of subscription SUB-1 was asked for at 2026-12-22, so it ends with the period of this \
                    order, at 2029-01-01";
        assert!(summary["notes"].to_string().contains(note), "{summary:#}");
        let (subscriptions, _) = listed(&shop, &anna).await;
        assert_eq!(subscriptions[0]["order_number"], "4");
        assert_eq!(subscriptions[0]["status"], "ENDING");
        assert_eq!(subscriptions[0]["ends_at"], "2029-01-01 00:00:00");
        assert_eq!(subscriptions[0]["refund_at_once"]["value"], 100.0);
        assert_eq!(subscriptions[0]["can_resume"], json!(true));
        // The next renewal ends in the same way, until the buyer lets the subscription go on.
        shop.import(&[yearly("5", "2029-01-01 00:00:00", "2030-01-01 00:00:00").json()])
            .await;
        let resumed = change(&shop, &anna, "resumeSubscription", &json!({})).await;
        assert_eq!(resumed["subscription"]["order_number"], "5", "{resumed:#}");
        shop.import(&[yearly("6", "2030-01-01 00:00:00", "2031-01-01 00:00:00").json()])
            .await;
        let (subscriptions, _) = listed(&shop, &anna).await;
        assert_eq!(subscriptions[0]["order_number"], "6");
        assert_eq!(subscriptions[0]["status"], "ACTIVE");
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    only_the_buyer_and_staff_end_a_subscription_where_it_is_switched_on,
    |shop| async move {
        let (anna, _) = sell(&shop, "PERIOD_END").await;
        let bob = shop.customer("bob@example.com").await;
        for mutation in ["endSubscription", "resumeSubscription"] {
            let stranger = change(&shop, &bob, mutation, &json!({})).await;
            assert_eq!(refusal(&stranger), ("NOT_FOUND", "subscription_id"));
            let input = json!({ "subscription_id": "SUB-1" });
            let guest = shop.staff_asks(mutation, &input, "").send().await;
            assert_eq!(guest.category(), "graphql-authorization");
        }
        assert_eq!(listed(&shop, &bob).await, (json!([]), json!(0)));
        set(&shop, "enabled", "false").await;
        let off = change(&shop, &anna, "endSubscription", &json!({})).await;
        assert_eq!(refusal(&off), ("SUBSCRIPTIONS_DISABLED", "subscription_id"));
        let (subscriptions, _) = listed(&shop, &anna).await;
        assert_eq!(subscriptions[0]["end_options"], json!([]));
        let bad = shop
            .refused(
                "endSubscription",
                json!({ "subscription_id": "SUB-1", "reason": "Bored" }),
            )
            .await;
        assert_eq!(bad, ("INVALID_REASON".into(), "reason".into()));
        let staff = json!({ "when": "AT_ONCE", "reason": "other" });
        let ended = change(&shop, shop.owner(), "endSubscription", &staff).await;
        assert_eq!(ended["subscription"]["status"], "ENDED", "{ended:#}");
        let entry = shop.audit_log(1).await.remove(0);
        assert_eq!(entry["action"], "endSubscription");
        assert_eq!(
            entry["details"],
            "subscription SUB-1 ends at 2026-03-07, $81.91 refunded, other"
        );
        shop.leave_jobs();
    }
);

on_every_database!(a_subscription_that_cannot_be_read_is_refused, |shop| async move {
    shop.enable_cancellation().await;
    let order = yearly("9", "2027-01-01 00:00:00", "2026-01-01 00:00:00").json();
    let input = json!({ "orders": order.to_string() });
    let summary = shop
        .owner_does("importOrders", input, "imported refused { field message }")
        .await;
    let expected = json!({ "imported": 0, "user_errors": [], "refused": [{
      "field": "items[1].extension_attributes.subscription.paid_until", "message": "is not later than paid_from" }] });
    assert_eq!(summary, expected);
});

on_every_database!(
    a_reason_that_needs_a_comment_needs_it_for_a_subscription_too,
    |shop| async move {
        let (anna, _) = sell(&shop, "PERIOD_END").await;
        let late = json!({ "code": "late", "description": "Too late", "needs_comment": true });
        shop.configure(json!({ "reasons": [late] })).await;
        let end = json!({ "reason": "late" });
        let refused = change(&shop, &anna, "endSubscription", &end).await;
        assert_eq!(refusal(&refused), ("COMMENT_REQUIRED", "comment"));
        let end = json!({ "reason": "late", "comment": "Three weeks." });
        let ended = change(&shop, &anna, "endSubscription", &end).await;
        assert_eq!(ended["subscription"]["end_comment"], "Three weeks.", "{ended:#}");
        shop.leave_jobs();
    }
);
