//! Staff cancels several orders with one request.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const RESULTS: &str = "results { order_id canceled refund_total { value } refusal { code field } }";

/// The ids of a paid order, an order that is not paid, and a shipped one.
async fn sell(shop: &TestShop) -> Vec<String> {
    shop.enable_cancellation().await;
    let orders = [
        OrderJson::new("1").line("a", 1000, 1, 1, 0).json(),
        OrderJson::new("2").line("a", 1000, 1, 0, 0).json(),
        OrderJson::new("3").line("a", 1000, 1, 1, 1).json(),
    ];
    shop.import(&orders).await
}

async fn cancel(shop: &TestShop, ids: &[String], is_dry_run: bool) -> Value {
    let input = json!({ "order_ids": ids, "reason": "other", "dry_run": is_dry_run });
    let payload = shop.owner_does("cancelOrdersAsAdmin", input, RESULTS).await;
    assert_eq!(payload["user_errors"], json!([]));
    payload["results"].clone()
}

on_every_database!(
    a_dry_run_tells_what_becomes_of_each_order_and_changes_none,
    |shop| async move {
        let ids = sell(&shop).await;
        let before = shop.audit_log(1).await;
        let mut told = cancel(&shop, &ids, true).await;
        for id in &ids {
            assert_eq!(shop.order(id).await["version"], 1);
        }
        assert_eq!(shop.audit_log(1).await, before);
        let done = cancel(&shop, &ids, false).await;
        for result in told.as_array_mut().expect("results") {
            assert_eq!(result["canceled"], false);
            result["canceled"] = json!(result["refusal"].is_null());
        }
        assert_eq!(told, done, "the dry run told the truth");
        let expected = json!([
            { "order_id": ids[0], "canceled": true, "refund_total": { "value": 15.0 }, "refusal": null },
            { "order_id": ids[1], "canceled": true, "refund_total": { "value": 0.0 }, "refusal": null },
            { "order_id": ids[2], "canceled": false, "refund_total": null,
              "refusal": { "code": "PARTIAL_ORDER_ITEM_SHIPPED", "field": "order_id" } },
        ]);
        assert_eq!(done, expected);
        let entries = shop.audit_log(2).await;
        assert!(
            entries.iter().all(|it| it["action"] == "cancelOrderAsAdmin"),
            "{entries:?}"
        );
        let again = cancel(&shop, &ids[..2], false).await;
        for result in again.as_array().expect("results") {
            assert_eq!(result["refusal"]["code"], "INVALID_ORDER_STATUS", "{again:#}");
        }
        shop.leave_jobs();
    }
);

on_every_database!(an_unknown_order_holds_no_other_one_back, |shop| async move {
    let ids = sell(&shop).await;
    let asked = ["19999999999".to_owned(), ids[0].clone(), ids[0].clone()];
    let results = cancel(&shop, &asked, false).await;
    assert_eq!(results.as_array().map(Vec::len), Some(2), "{results:#}");
    assert_eq!(results[0]["refusal"]["code"], "NOT_FOUND");
    assert_eq!(results[1]["canceled"], true);
    for ids in [vec![], vec![ids[1].clone(); 51]] {
        let input = json!({ "order_ids": ids, "reason": "other" });
        let refused = shop.refused("cancelOrdersAsAdmin", input).await;
        assert_eq!(refused, ("INVALID".into(), "order_ids".into()));
    }
    shop.leave_jobs();
});

on_every_database!(
    two_requests_over_the_same_orders_on_two_servers_cancel_each_once,
    |shop| async move {
        shop.enable_cancellation().await;
        let orders: Vec<_> = (0..12)
            .map(|number| {
                OrderJson::new(&format!("r{number}"))
                    .line("a", 1000, 1, 1, 0)
                    .json()
            })
            .collect();
        let ids = shop.import(&orders).await;
        let replica = shop.replica().await;
        let (left, right) = tokio::join!(cancel(&shop, &ids, false), cancel(&replica, &ids, false));
        for (index, id) in ids.iter().enumerate() {
            let results = [&left[index], &right[index]];
            let winners = results.iter().filter(|it| it["canceled"] == true).count();
            assert_eq!(winners, 1, "{results:?}");
            let told = results
                .iter()
                .find(|it| it["canceled"] == false)
                .expect("the other one is told");
            assert_eq!(told["refusal"]["code"], "INVALID_ORDER_STATUS");
            let order = shop.order(id).await;
            assert_eq!(order["order"]["credit_memos"].as_array().map(Vec::len), Some(1));
        }
        shop.leave_jobs();
    }
);
