//! The audit log is searched by member of staff, action, object and time.

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

async fn log(shop: &TestShop, filter: Value, first: u32, after: Value) -> Value {
    let query = "query($filter: AuditLogFilterInput, $first: Int, $after: String) {
      auditLog(filter: $filter, first: $first, after: $after) {
        items { actor action target } end_cursor has_next_page total_count
      }
    }";
    let variables = json!({ "filter": filter, "first": first, "after": after });
    let asked = shop.ask(query).variables(variables).token(shop.owner());
    asked.send().await.data("/auditLog").clone()
}

/// The actions and targets that a filter finds.
async fn found(shop: &TestShop, filter: Value) -> Vec<String> {
    let page = log(shop, filter, 50, Value::Null).await;
    let items = page["items"].as_array().expect("entries");
    assert_eq!(page["total_count"], items.len());
    let text = |entry: &Value, field: &str| entry[field].as_str().expect("a text").to_owned();
    items
        .iter()
        .map(|entry| format!("{} {}", text(entry, "action"), text(entry, "target")))
        .collect()
}

on_every_database!(
    the_audit_log_is_filtered_by_who_what_which_order_and_when,
    |shop| async move {
        let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0).json();
        let ids = shop.import(&[order("1"), order("2")]).await;
        let support = shop.staff(StaffRole::Support, None).await;
        shop.wait(TimeDelta::hours(23));
        for (mutation, id) in [
            ("holdOrder", &ids[0]),
            ("unholdOrder", &ids[0]),
            ("holdOrder", &ids[1]),
        ] {
            let input = json!({ "order_id": id });
            let done = shop.staff_asks(mutation, &input, "").token(&support).send().await;
            assert_eq!(done.data(&format!("/{mutation}/user_errors")), &json!([]));
        }
        shop.wait(TimeDelta::days(1));
        shop.enable_cancellation().await;

        let of_support = found(&shop, json!({ "actor": "staff:support" })).await;
        assert_eq!(of_support, ["holdOrder 2", "unholdOrder 1", "holdOrder 1"]);
        assert_eq!(
            found(&shop, json!({ "action": "holdOrder" })).await,
            ["holdOrder 2", "holdOrder 1"]
        );
        assert_eq!(
            found(&shop, json!({ "target": "1" })).await,
            ["unholdOrder 1", "holdOrder 1"]
        );
        assert_eq!(
            found(&shop, json!({ "target": "1", "action": "holdOrder" })).await,
            ["holdOrder 1"]
        );
        let second_day = json!({ "from": "2026-03-08", "to": "2026-03-08" });
        assert_eq!(found(&shop, second_day).await, of_support);
        assert_eq!(
            found(&shop, json!({ "from": "2026-03-09T00:00:00Z" })).await,
            ["updateCancellationConfig default"]
        );
        assert_eq!(
            found(&shop, json!({ "to": "2026-03-06" })).await,
            Vec::<String>::new()
        );
        let by_name = found(&shop, json!({ "actor": "owner" })).await;
        assert_eq!(by_name, found(&shop, json!({ "actor": "staff:owner" })).await);
        assert!(!by_name.is_empty());
        assert_eq!(
            found(&shop, json!({ "actor": "staff:else" })).await,
            Vec::<String>::new()
        );
        let everything = found(&shop, Value::Null).await;
        assert!(everything.len() > 5 && everything[0] == "updateCancellationConfig default");
    }
);

on_every_database!(
    a_filtered_log_is_read_page_by_page_without_gaps,
    |shop| async move {
        for round in 0..7 {
            shop.create_website(&format!("w{round}")).await;
            shop.enable_cancellation().await;
        }
        let filter = json!({ "action": "createWebsite" });
        let (mut after, mut read) = (Value::Null, Vec::new());
        loop {
            let page = log(&shop, filter.clone(), 3, after).await;
            assert_eq!(page["total_count"], 7);
            read.extend(page["items"].as_array().cloned().unwrap_or_default());
            after = page["end_cursor"].clone();
            if page["has_next_page"] == false {
                break;
            }
        }
        let targets: Vec<_> = read.iter().map(|entry| &entry["target"]).collect();
        assert_eq!(targets, ["w6", "w5", "w4", "w3", "w2", "w1", "w0"]);
    }
);

on_every_database!(a_filter_that_cannot_be_read_is_refused, |shop| async move {
    for (filter, part) in [
        (
            json!({ "action": "holdOrders" }),
            "no action is called `holdOrders`",
        ),
        (json!({ "from": "yesterday" }), "from must be a date"),
    ] {
        let query = "query($filter: AuditLogFilterInput) { auditLog(filter: $filter) { total_count } }";
        let asked = shop.ask(query).variables(json!({ "filter": filter }));
        let answer = asked.token(shop.owner()).send().await;
        assert_eq!(answer.category(), "graphql-input");
        assert!(answer.error().contains(part), "{}", answer.error());
    }
});
