//! What buyers ask for at the simulated Amazon stands in staff's list of requests, and staff decides it there.

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::amazon_seller::{CHAIR, LAMP};
use super::imported::lamp;
use super::staff::Account;

const QUEUE: &str = "query($filter: CancellationRequestsFilterInput, $first: Int, $after: String) {
  cancellationRequests(filter: $filter, first: $first, after: $after) { end_cursor has_next_page items {
    age_seconds is_overdue order { order { number } } channel_order { channel number items { buyers_reason } }
    request { status is_whole_order reason comment requested_by requested_at due_at
      items { item_id product_sku quantity quantity_open } } } } }";

/// A page of staff's list of requests.
async fn page(shop: &TestShop, variables: Value, token: &str) -> Value {
    let answer = shop.ask(QUEUE).variables(variables).token(token).send().await;
    answer.data("/cancellationRequests").clone()
}

/// The orders of the requests that `filter` finds: the number at the channel, or in the shop.
async fn listed(shop: &TestShop, filter: Value) -> Vec<String> {
    let page = page(shop, json!({ "filter": filter }), shop.owner()).await;
    let items = page["items"].as_array().expect("requests").iter();
    let number = |item: &Value| {
        let at_channel = item["channel_order"]["number"].as_str();
        let number = at_channel.or(item["order"]["order"]["number"].as_str());
        number.expect("a number").to_owned()
    };
    items.map(number).collect()
}

/// Sends one of the two decisions of the list; the code and the field of its refusal, and none when it did its work.
async fn decided(shop: &TestShop, mutation: &str, input: &Value) -> Option<(String, String)> {
    let payload = shop.work(mutation, input.clone()).await;
    let refusal = payload["user_errors"].get(0)?;
    let text = |field: &str| refusal[field].as_str().unwrap_or_default().to_owned();
    Some((text("code"), text("field")))
}

/// A code and a field.
fn about(code: &str, field: &str) -> (String, String) {
    (code.into(), field.into())
}

on_every_database!(
    what_buyers_ask_for_at_a_channel_stands_in_staffs_list_with_reason_age_and_due_time,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        shop.configure(json!({ "request_deadline_hours": 2 })).await;
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        let own = OrderJson::new("2")
            .by("anna@example.com")
            .line("mug", 500, 1, 1, 0);
        let ids = shop.import(&[lamp("1"), own.json()]).await;
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        shop.wait(TimeDelta::seconds(10));
        let ask = json!({ "order_id": ids[1], "reason": "Other" });
        let asked = shop
            .owner_does("requestOrderCancellation", ask, "order { number }")
            .await;
        assert_eq!(asked["user_errors"], json!([]), "{asked:#}");
        account.amazon.ask_to_cancel(CHAIR, 1, "Wrong color.");
        account.wait(301).await;

        let list = page(&shop, json!({}), shop.owner()).await;
        let lamp = &list["items"][0];
        assert_eq!(lamp["order"]["order"]["number"], "1", "{list:#}");
        assert_eq!(lamp["channel_order"]["channel"], "amazon");
        assert_eq!(lamp["channel_order"]["number"], LAMP);
        assert_eq!(
            lamp["channel_order"]["items"][0]["buyers_reason"],
            "Found cheaper."
        );
        assert_eq!(
            (&lamp["age_seconds"], &lamp["is_overdue"]),
            (&json!(311), &json!(false))
        );
        let request = &lamp["request"];
        let item = &request["items"][0];
        assert_eq!(
            request["items"].as_array().map(Vec::len),
            Some(1),
            "one item of two"
        );
        assert_eq!(
            (&item["product_sku"], &item["quantity_open"]),
            (&json!("LAMP-1"), &json!(3.0))
        );
        assert_eq!(request["requested_by"], "CHANNEL_BUYER");
        assert_eq!(
            (&request["status"], &request["is_whole_order"]),
            (&json!("OPEN"), &json!(false))
        );
        assert_eq!(request["comment"], "Found cheaper.");
        assert!(request["due_at"].is_string(), "{request:#}");
        let chair = &list["items"][2];
        assert_eq!(
            (&chair["order"], &chair["channel_order"]["number"]),
            (&Value::Null, &json!(CHAIR))
        );
        assert_eq!(list["items"][1]["channel_order"], Value::Null);

        shop.wait(TimeDelta::hours(2));
        let list = page(&shop, json!({}), shop.owner()).await;
        assert_eq!(list["items"][0]["is_overdue"], true);
        shop.run_jobs().await;
    }
);

on_every_database!(
    the_filters_and_pages_of_staffs_list_reach_requests_at_channels,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        let own = OrderJson::new("2")
            .by("anna@example.com")
            .line("mug", 500, 1, 1, 0);
        let ids = shop.import(&[lamp("1"), own.json()]).await;
        for number in [LAMP, CHAIR] {
            account.amazon.ask_to_cancel(number, 0, "Found cheaper.");
        }
        account.wait(301).await;
        let ask = json!({ "order_id": ids[1], "reason": "Other" });
        shop.owner_does("requestOrderCancellation", ask, "order { number }")
            .await;
        let all = [json!({}), json!({ "statuses": ["OPEN", "DECLINED"] })];
        for filter in all {
            // At the same moment, the request in the shop comes first, and then one channel's by number.
            assert_eq!(listed(&shop, filter).await, ["2", CHAIR, LAMP]);
        }
        for (filter, numbers) in [
            (json!({ "sales_channel": "amazon" }), vec![CHAIR, LAMP]),
            (json!({ "sales_channel": "our-market" }), vec![]),
            (json!({ "sales_channel": "none" }), vec!["2"]),
            (json!({ "reason_code": "asked_at_channel" }), vec![CHAIR, LAMP]),
            (json!({ "reason_code": "other" }), vec!["2"]),
            (json!({ "store_code": "default" }), vec!["2", LAMP]),
            (json!({ "statuses": ["DECLINED"] }), vec![]),
        ] {
            assert_eq!(listed(&shop, filter.clone()).await, numbers, "{filter}");
        }
        let mut after = Value::Null;
        for (number, has_next) in [("2", true), (CHAIR, true), (LAMP, false)] {
            let page = page(&shop, json!({ "first": 1, "after": after }), shop.owner()).await;
            let item = &page["items"][0];
            let shown = [
                &item["channel_order"]["number"],
                &item["order"]["order"]["number"],
            ];
            assert!(shown.contains(&&json!(number)), "{number}: {page:#}");
            assert_eq!(page["has_next_page"], has_next);
            after = page["end_cursor"].clone();
        }
        let of_store = shop.staff(StaffRole::Viewer, Some(1)).await;
        let seen = page(&shop, json!({}), &of_store).await;
        assert_eq!(
            seen["items"].as_array().map(Vec::len),
            Some(1),
            "channels belong to no store view"
        );
        shop.run_jobs().await;
    }
);

on_every_database!(
    the_times_of_the_filter_choose_among_requests_at_channels,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        shop.configure(json!({ "request_deadline_hours": 2 })).await;
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        shop.configure(json!({ "request_deadline_hours": 0 })).await;
        account.amazon.ask_to_cancel(CHAIR, 0, "Wrong color.");
        account.wait(301).await;
        assert_eq!(listed(&shop, json!({})).await, [LAMP, CHAIR]);

        let list = page(&shop, json!({}), shop.owner()).await;
        let time = |item: usize, field: &str| {
            let time = list["items"][item]["request"][field].as_str().expect("a time");
            json!(format!("{}Z", time.replace(' ', "T")))
        };
        let (asked_first, asked_last) = (time(0, "requested_at"), time(1, "requested_at"));
        let due = time(0, "due_at");
        assert_eq!(list["items"][1]["request"]["due_at"], Value::Null);
        for (filter, numbers) in [
            (json!({ "requested_from": asked_first }), vec![LAMP, CHAIR]),
            (json!({ "requested_from": asked_last }), vec![CHAIR]),
            (json!({ "requested_to": asked_first }), vec![LAMP]),
            (json!({ "requested_to": asked_last }), vec![LAMP, CHAIR]),
            (json!({ "due_before": due }), vec![LAMP]),
            (json!({ "due_before": asked_last }), vec![]),
        ] {
            assert_eq!(listed(&shop, filter.clone()).await, numbers, "{filter}");
        }
        shop.run_jobs().await;
    }
);

on_every_database!(
    staff_approves_from_the_list_and_the_channel_decides,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        let approve = "approveCancellationRequest";
        let input = json!({ "order_id": id });
        let refused = decided(&shop, approve, &input).await;
        assert_eq!(refused, Some(about("NO_OPEN_REQUEST", "order_id")));
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        let part = json!({ "order_id": id, "items": shop.item_lines(&id, &[1]).await });
        let refused = decided(&shop, approve, &part).await;
        assert_eq!(refused, Some(about("CHANNEL_MANAGED", "items")));
        let refund = json!({ "order_id": id, "refund": { "mode": "FEE", "amount": 1 } });
        let refused = decided(&shop, approve, &refund).await;
        assert_eq!(refused, Some(about("CHANNEL_MANAGED", "refund")));
        let refused = decided(&shop, approve, &input).await;
        assert_eq!(refused, Some(about("CONFIRMATION_NEEDED", "confirm")));

        let confirmed = json!({ "order_id": id, "reason": "As the buyer wishes.", "confirm": true });
        assert_eq!(decided(&shop, approve, &confirmed).await, None);
        assert_eq!(shop.audit_log(1).await[0]["action"], approve);
        let asked = account.order(LAMP).await;
        assert_eq!(asked["cancellation"]["state"], "REQUESTED", "{asked:#}");
        assert_eq!(asked["cancellation"]["reason_code"], "BuyerCanceled");
        assert_eq!(asked["cancellation"]["comment"], "As the buyer wishes.");
        let again = decided(&shop, approve, &confirmed).await;
        assert_eq!(again, Some(about("REQUEST_OPEN", "order_id")));
        assert_eq!(listed(&shop, json!({})).await, [LAMP], "Amazon has not decided");
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(listed(&shop, json!({})).await, [""; 0]);
        shop.run_jobs().await;
        assert_eq!(shop.order(&id).await["state"], "complete");
    }
);

on_every_database!(
    staff_declines_from_the_list_and_the_next_reading_opens_nothing,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        let long = json!({ "order_id": id, "reason": "x".repeat(251) });
        let refused = decided(&shop, "declineCancellationRequest", &long).await;
        assert_eq!(refused, Some(about("INVALID", "reason")));
        let input = json!({ "order_id": id, "reason": "It is packed already." });
        assert_eq!(decided(&shop, "declineCancellationRequest", &input).await, None);
        assert_eq!(shop.audit_log(1).await[0]["action"], "declineCancellationRequest");
        assert_eq!(listed(&shop, json!({})).await, [""; 0]);
        account.amazon.set_status(LAMP, "UNSHIPPED");
        account.wait(301).await;
        assert_eq!(
            listed(&shop, json!({})).await,
            [""; 0],
            "the same request stays declined"
        );
        let again = decided(&shop, "declineCancellationRequest", &input).await;
        assert_eq!(again, Some(about("NO_OPEN_REQUEST", "order_id")));
        shop.worked("createShipment", json!({ "order_id": id })).await;
        shop.run_jobs().await;
    }
);
