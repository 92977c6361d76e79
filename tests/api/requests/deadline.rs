//! Requests that the program decides: by a rule right after they were made, or at their deadline.

use chrono::TimeDelta;

use super::*;

/// Sets the deadline to two hours, and what happens then.
async fn decides_by(shop: &TestShop, action: &str) {
    let entry = |key: &str, value: Value| {
        let mut entry = json!({ "key": format!("sales/cancellation/{key}") });
        entry["value"] = value;
        entry
    };
    let input = json!({
        "scope": "DEFAULT",
        "values": [
            entry("request_deadline", json!("2")),
            entry("request_after_deadline", json!(action)),
        ],
    });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

/// The status of the newest request of the order, and the state of the order.
async fn seen(shop: &TestShop, id: &str) -> (Value, Value) {
    let query = "query($id: ID!) { order(id: $id) { state order { cancellation_request { status } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let answer = asked.send().await;
    let order = answer.data("/order");
    (
        order["order"]["cancellation_request"]["status"].clone(),
        order["state"].clone(),
    )
}

async fn attention(shop: &TestShop) -> Value {
    let query = "{ needsAttention { items { reasons order { order { number } } } } }";
    let asked = shop.ask(query).token(shop.owner()).send().await;
    asked.data("/needsAttention/items").clone()
}

on_every_database!(
    at_the_deadline_the_program_approves_declines_or_asks_staff,
    |shop| async move {
        for (number, action, status, state) in [
            ("1", "APPROVE", "APPROVED", "canceled"),
            ("2", "DECLINE", "DECLINED", "new"),
            ("3", "ESCALATE", "OPEN", "new"),
        ] {
            shop.enable_cancellation().await;
            decides_by(&shop, action).await;
            let id = shop.import(&[order(number).json()]).await.remove(0);
            let asked = request_of(&shop, &id, &Value::Null)
                .token(shop.owner())
                .send()
                .await;
            let due = &done(&asked, "requestOrderCancellation")["cancellation_request"]["due_at"];
            assert!(due.is_string(), "{due}");
            shop.run_jobs().await;
            assert_eq!(seen(&shop, &id).await, (json!("OPEN"), json!("new")));
            shop.wait(TimeDelta::hours(2));
            shop.run_jobs().await;
            assert_eq!(seen(&shop, &id).await, (json!(status), json!(state)), "{action}");
        }
        let waiting = json!([{ "reasons": ["REQUEST_OVERDUE"], "order": { "order": { "number": "3" } } }]);
        assert_eq!(attention(&shop).await, waiting);
        let id = shop.order_id("3", 1).await;
        let answer = staff_does(&shop, "approveCancellationRequest", json!({ "order_id": id })).await;
        done(&answer, "approveCancellationRequest");
        assert_eq!(attention(&shop).await, json!([]));
        shop.leave_jobs();
    }
);

/// The kinds of the events of the order.
async fn event_kinds(shop: &TestShop, id: &str) -> Vec<String> {
    let query = "query($id: ID!) { order(id: $id) { events { kind } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let answer = asked.send().await;
    let events = answer
        .data("/order/events")
        .as_array()
        .cloned()
        .unwrap_or_default();
    let kinds = events
        .iter()
        .map(|it| it["kind"].as_str().unwrap_or_default().to_owned());
    kinds.collect()
}

on_every_database!(
    staff_is_told_once_by_mail_that_a_request_is_overdue,
    |shop| async move {
        for (number, locale, text, due) in [
            (
                "1",
                "en_US",
                "the time to decide is over",
                "Due: 2026-03-07T14:00:00Z",
            ),
            (
                "2",
                "nl_NL",
                "de tijd om te beslissen is voorbij",
                "Uiterlijk: 2026-03-07T18:00:00Z",
            ),
            (
                "3",
                "sv_SE",
                "tiden för beslutet är över",
                "Senast: 2026-03-07T22:00:00Z",
            ),
        ] {
            shop.enable_cancellation().await;
            decides_by(&shop, "ESCALATE").await;
            shop.configure(json!({ "merchant_notice_email": "shop@example.com" }))
                .await;
            let speaks = json!({ "code": "default", "locale": locale });
            let payload = shop.owner_does("updateStore", speaks, "").await;
            assert_eq!(payload["user_errors"], json!([]));
            let id = shop.import(&[order(number).json()]).await.remove(0);
            let asked = request_of(&shop, &id, &Value::Null).token(shop.owner());
            done(&asked.send().await, "requestOrderCancellation");
            shop.run_jobs().await;
            shop.wait(TimeDelta::hours(2));
            shop.run_jobs().await;
            let overdue = |it: &String| it.contains(due);
            let mail = shop.mail().mails().into_iter().find(overdue).expect("a mail");
            assert!(mail.contains(text) && mail.contains("shop@example.com"), "{mail}");
            assert!(mail.contains("- 2 x Product tea (tea)"), "{mail}");
            let kinds = event_kinds(&shop, &id).await;
            assert_eq!(
                kinds.last().map(String::as_str),
                Some("order.cancellation_request_escalated")
            );
            // The job is tried again, and tells nothing twice.
            shop.wait(TimeDelta::hours(2));
            shop.run_jobs().await;
            let told = shop.mail().mails().into_iter().filter(overdue).count();
            assert_eq!((told, event_kinds(&shop, &id).await), (1, kinds));
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    a_guest_whom_no_mail_confirmed_is_not_approved_by_the_deadline,
    |shop| async move {
        shop.enable_cancellation().await;
        decides_by(&shop, "APPROVE").await;
        let order = OrderJson::new("1").by_guest(GUEST).line("tea", 1000, 2, 0, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        let ask = json!({ "token": shop.order_token(&id).await, "reason": "Other" });
        done(
            &asks(&shop, "requestOrderCancellation", &ask).send().await,
            "requestOrderCancellation",
        );
        shop.wait(TimeDelta::hours(2));
        shop.run_jobs().await;
        assert_eq!(seen(&shop, &id).await, (json!("OPEN"), json!("new")));
        assert_eq!(attention(&shop).await[0]["reasons"], json!(["REQUEST_OVERDUE"]));
        shop.leave_jobs();
    }
);

on_every_database!(
    a_rule_approves_or_declines_a_request_right_after_it_was_made,
    |shop| async move {
        shop.enable_cancellation().await;
        let rules = "when total <= 40 then APPROVE; when actor is guest then DECLINE";
        let values = json!([{ "key": "sales/cancellation/request_rules", "value": rules }]);
        let input = json!({ "scope": "DEFAULT", "values": values });
        let payload = shop.owner_does("updateSettings", input, "").await;
        assert_eq!(payload["user_errors"], json!([]));
        let anna = shop.customer(BUYER).await;
        for (number, units, status, state) in [("1", 2, "APPROVED", "canceled"), ("2", 9, "OPEN", "new")] {
            let order = OrderJson::new(number).by(BUYER).line("tea", 1000, units, 0, 0);
            let id = shop.import(&[order.json()]).await.remove(0);
            let asked = request_of(&shop, &id, &Value::Null).token(&anna).send().await;
            done(&asked, "requestOrderCancellation");
            shop.run_jobs().await;
            assert_eq!(seen(&shop, &id).await, (json!(status), json!(state)), "{number}");
        }
        // A guest whom no mail has confirmed is declined by a rule, and not approved by one.
        for (number, units, status) in [("3", 2, "OPEN"), ("4", 9, "DECLINED")] {
            let order = OrderJson::new(number)
                .by_guest(GUEST)
                .line("tea", 1000, units, 0, 0);
            let id = shop.import(&[order.json()]).await.remove(0);
            let ask = json!({ "token": shop.order_token(&id).await, "reason": "Other" });
            done(
                &asks(&shop, "requestOrderCancellation", &ask).send().await,
                "requestOrderCancellation",
            );
            shop.run_jobs().await;
            assert_eq!(seen(&shop, &id).await, (json!(status), json!("new")), "{number}");
        }
        shop.leave_jobs();
    }
);
