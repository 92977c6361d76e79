//! Requests for a cancellation: a buyer or staff asks, staff decides, and the order is not shipped meanwhile.

mod deadline;
mod mails;
mod mode;
mod races;
mod refund_choice;
mod withdrawal;

use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const GUEST: &str = "guest@example.com";

/// The fields of an order that this file looks at.
const SHOWN: &str = "order {
  id state status available_actions
  cancellation_request {
    number status is_whole_order reason comment requested_by requested_at due_at decided_by decided_at decision_reason
    items { product_sku quantity quantity_open }
  }
  items { id status quantity_cancellation_requested quantity_canceled quantity_refunded quantity_shipped }
  comments { message }
}";

/// Ten dollars a unit of `tea`, seven a unit of `cup`; not paid.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number)
        .by(BUYER)
        .line("tea", 1000, 2, 0, 0)
        .line("cup", 700, 1, 0, 0)
}

/// A shop that lets buyers cancel, with one order of Anna's. Gives her token and the id of the order.
async fn sell(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    let anna = shop.customer(BUYER).await;
    let id = shop.import(&[order("1").json()]).await.remove(0);
    (anna, id)
}

/// A mutation about a request, to be sent with a token.
fn asks(shop: &TestShop, mutation: &str, input: &Value) -> Ask {
    let shown = if mutation.starts_with("request") || mutation.starts_with("withdraw") {
        SHOWN.to_owned()
    } else {
        format!("order {{ {SHOWN} }}")
    };
    shop.staff_asks(mutation, input, &shown)
}

fn request_of(shop: &TestShop, id: &str, items: &Value) -> Ask {
    let input = json!({ "order_id": id, "reason": "Other", "comment": "Too <big>.", "items": items });
    asks(shop, "requestOrderCancellation", &input)
}

/// The order of a mutation that was carried out.
fn done<'a>(answer: &'a Answer, mutation: &str) -> &'a Value {
    assert_eq!(
        answer.data(&format!("/{mutation}/user_errors")),
        &json!([]),
        "{:#}",
        answer.body
    );
    let order = answer.data(&format!("/{mutation}/order"));
    order.get("order").unwrap_or(order)
}

fn code(answer: &Answer, mutation: &str) -> String {
    let code = answer.data(&format!("/{mutation}/user_errors/0/code"));
    code.as_str().expect("a refusal").to_owned()
}

async fn staff_does(shop: &TestShop, mutation: &str, input: Value) -> Answer {
    asks(shop, mutation, &input).token(shop.owner()).send().await
}

async fn items_of(shop: &TestShop, id: &str) -> Vec<Value> {
    let order = shop.order(id).await;
    let items = order["order"]["items"].as_array().expect("items");
    items.iter().map(|item| item["id"].clone()).collect()
}

fn newest_mail_to(shop: &TestShop, text: &str) -> String {
    let mails = shop.mail().mails();
    let found = mails.into_iter().rev().find(|mail| mail.contains(text));
    found.unwrap_or_else(|| panic!("no mail says {text}"))
}

on_every_database!(
    a_customer_asks_for_an_item_and_staff_approves,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        shop.configure(json!({ "merchant_notice_email": "shop@example.com" }))
            .await;
        let tea = items_of(&shop, &id).await.remove(0);
        let items = json!([{ "item_id": tea, "quantity": 1 }]);
        let answer = request_of(&shop, &id, &items).token(&anna).send().await;
        let asked = done(&answer, "requestOrderCancellation");
        assert_eq!(asked["state"], "new");
        assert_eq!(asked["available_actions"], json!(["REORDER"]));
        let request = &asked["cancellation_request"];
        assert_eq!(request["status"], "OPEN");
        assert_eq!(request["comment"], "Too <big>.");
        assert_eq!(
            request["items"],
            json!([{ "product_sku": "tea", "quantity": 1.0, "quantity_open": 1.0 }])
        );
        assert_eq!(asked["items"][0]["status"], "Cancellation requested");
        assert_eq!(asked["items"][0]["quantity_cancellation_requested"], 1.0);
        assert_eq!(asked["items"][1]["status"], "Ordered");
        assert_eq!(
            asked["comments"],
            json!([{ "message": "Too &lt;big&gt;." }, { "message": "Cancellation requested: Other" }])
        );
        shop.run_jobs().await;
        let mail = newest_mail_to(&shop, "The cancellation of these items of order 1 was requested:");
        assert!(mail.contains("- 1 x Product tea (tea)"), "{mail}");
        newest_mail_to(&shop, "Hold these items back until you have decided.");

        let again = request_of(&shop, &id, &items).token(&anna).send().await;
        assert_eq!(code(&again, "requestOrderCancellation"), "REQUEST_OPEN");

        let answer = staff_does(&shop, "approveCancellationRequest", json!({ "order_id": id })).await;
        let approved = done(&answer, "approveCancellationRequest");
        assert_eq!(approved["cancellation_request"]["status"], "APPROVED");
        assert_eq!(approved["cancellation_request"]["decided_by"], "STAFF");
        assert_eq!(approved["items"][0]["quantity_canceled"], 1.0);
        assert_eq!(approved["items"][0]["quantity_cancellation_requested"], 0.0);
        assert_eq!(approved["state"], "new");
        let again = staff_does(&shop, "approveCancellationRequest", json!({ "order_id": id })).await;
        assert_eq!(code(&again, "approveCancellationRequest"), "NO_OPEN_REQUEST");
        let audited = &shop.audit_log(1).await[0];
        assert_eq!(audited["action"], "approveCancellationRequest");
        shop.run_jobs().await;
        newest_mail_to(&shop, "The other items of the order stay ordered.");
    }
);

on_every_database!(a_declined_request_tells_the_buyer_why, |shop| async move {
    let (anna, id) = sell(&shop).await;
    let answer = request_of(&shop, &id, &Value::Null).token(&anna).send().await;
    assert_eq!(
        done(&answer, "requestOrderCancellation")["cancellation_request"]["is_whole_order"],
        true
    );
    let silent = json!({ "order_id": id, "reason": " " });
    let silent = staff_does(&shop, "declineCancellationRequest", silent).await;
    assert_eq!(code(&silent, "declineCancellationRequest"), "INVALID");
    let input = json!({ "order_id": id, "reason": "The parcel is packed." });
    let answer = staff_does(&shop, "declineCancellationRequest", input).await;
    let declined = done(&answer, "declineCancellationRequest");
    assert_eq!(declined["cancellation_request"]["status"], "DECLINED");
    assert_eq!(
        declined["cancellation_request"]["decision_reason"],
        "The parcel is packed."
    );
    assert_eq!(declined["available_actions"], json!(["REORDER", "CANCEL"]));
    shop.run_jobs().await;
    let mail = newest_mail_to(&shop, "declined the request to cancel order 1");
    assert!(mail.contains("The parcel is packed."), "{mail}");
});

on_every_database!(
    a_guest_asks_with_the_token_and_takes_the_request_back,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = OrderJson::new("1").by_guest(GUEST).line("tea", 1000, 2, 0, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        let token = shop.order_token(&id).await;
        let ask = json!({ "token": token, "reason": "Other" });
        let answer = asks(&shop, "requestOrderCancellation", &ask).send().await;
        let asked = done(&answer, "requestOrderCancellation");
        assert_eq!(asked["cancellation_request"]["requested_by"], "GUEST");
        let back = json!({ "token": token });
        let answer = asks(&shop, "withdrawCancellationRequest", &back).send().await;
        let back = done(&answer, "withdrawCancellationRequest");
        assert_eq!(back["cancellation_request"]["status"], "WITHDRAWN");
        assert_eq!(back["items"][0]["status"], "Ordered");
        let both = json!({ "token": token, "order_id": id });
        let both = asks(&shop, "withdrawCancellationRequest", &both).send().await;
        assert_eq!(code(&both, "withdrawCancellationRequest"), "INVALID");
        let unknown = json!({ "token": "x".repeat(64) });
        let unknown = asks(&shop, "withdrawCancellationRequest", &unknown).send().await;
        assert_eq!(code(&unknown, "withdrawCancellationRequest"), "NOT_FOUND");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_stranger_neither_asks_nor_takes_a_request_back,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let berta = shop.customer("berta@example.com").await;
        let stranger = request_of(&shop, &id, &Value::Null).token(&berta).send().await;
        assert_eq!(code(&stranger, "requestOrderCancellation"), "NOT_FOUND");
        done(
            &request_of(&shop, &id, &Value::Null).token(&anna).send().await,
            "requestOrderCancellation",
        );
        let back = asks(&shop, "withdrawCancellationRequest", &json!({ "order_id": id }));
        let back = back.token(&berta).send().await;
        assert_eq!(code(&back, "withdrawCancellationRequest"), "NOT_FOUND");
        let stranger = asks(&shop, "withdrawCancellationRequest", &json!({ "order_id": id }));
        assert_eq!(stranger.send().await.category(), "graphql-authorization");
        shop.leave_jobs();
    }
);

on_every_database!(
    an_open_request_holds_shipments_back_until_staff_overrides_it,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        let tea = items_of(&shop, &id).await.remove(0);
        let items = json!([{ "item_id": tea, "quantity": 2 }]);
        let asked = request_of(&shop, &id, &items).token(shop.owner()).send().await;
        let asked = done(&asked, "requestOrderCancellation");
        assert_eq!(asked["cancellation_request"]["requested_by"], "STAFF");
        let held = shop.refused("createShipment", json!({ "order_id": id })).await;
        assert_eq!(
            held,
            (
                "CANCELLATION_REQUESTED".into(),
                "override_cancellation_request".into()
            )
        );
        let all = json!({ "order_id": id, "override_cancellation_request": true });
        let shipped = shop.worked("createShipment", all).await;
        assert_eq!(shipped["order"]["shipments"].as_array().map(Vec::len), Some(1));
        let late = staff_does(&shop, "approveCancellationRequest", json!({ "order_id": id })).await;
        assert_eq!(code(&late, "approveCancellationRequest"), "TOO_LATE");
        shop.run_jobs().await;
        newest_mail_to(&shop, "You can send them back after delivery.");
    }
);

on_every_database!(staff_finds_requests_by_status_reason_and_age, |shop| async move {
    shop.enable_cancellation().await;
    let orders: Vec<_> = ["1", "2", "3"].iter().map(|it| order(it).json()).collect();
    let ids = shop.import(&orders).await;
    for id in &ids {
        done(
            &request_of(&shop, id, &Value::Null)
                .token(shop.owner())
                .send()
                .await,
            "requestOrderCancellation",
        );
        shop.wait(chrono::TimeDelta::minutes(1));
    }
    done(
        &asks(
            &shop,
            "withdrawCancellationRequest",
            &json!({ "order_id": ids[1] }),
        )
        .token(shop.owner())
        .send()
        .await,
        "withdrawCancellationRequest",
    );
    let query = "query($filter: CancellationRequestsFilterInput, $first: Int, $after: String) {
          cancellationRequests(filter: $filter, first: $first, after: $after) {
            items { request { status } order { order { number } } age_seconds is_overdue } end_cursor has_next_page
          }
        }";
    let find = async |variables: Value| {
        let asked = shop.ask(query).variables(variables).token(shop.owner());
        asked.send().await.data("/cancellationRequests").clone()
    };
    let numbers = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items").iter();
        let number = |item: &Value| item["order"]["order"]["number"].as_str().map(str::to_owned);
        items.map(|item| number(item).expect("a number")).collect()
    };
    let open = find(json!({})).await;
    assert_eq!(numbers(&open), ["1", "3"]);
    assert_eq!(open["items"][0]["age_seconds"], 180);
    let first = find(json!({ "first": 1 })).await;
    assert_eq!(
        (numbers(&first), &first["has_next_page"]),
        (vec!["1".into()], &json!(true))
    );
    let next = find(json!({ "first": 1, "after": first["end_cursor"] })).await;
    assert_eq!(
        (numbers(&next), &next["has_next_page"]),
        (vec!["3".into()], &json!(false))
    );
    let withdrawn = find(json!({ "filter": { "statuses": ["WITHDRAWN"] } })).await;
    assert_eq!(numbers(&withdrawn), ["2"]);
    let all = find(json!({ "filter": { "statuses": [], "reason_code": "other" } })).await;
    assert_eq!(numbers(&all), ["1", "2", "3"]);
    let other = find(json!({ "filter": { "reason_code": "ordered_twice" } })).await;
    assert_eq!(numbers(&other), [""; 0]);
    shop.leave_jobs();
});
