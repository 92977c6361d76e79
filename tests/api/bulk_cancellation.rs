//! Staff cancels many orders with one job: it is told first, frozen, paced, stoppable, and no order is canceled twice.

mod failures;
mod many_orders;

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const JOB: &str = "id state actor orders_per_second total waiting canceled refused failed refund_totals { value }
  started_at finished_at orders(first: 100) { items { order_id state code refund_total { value } } has_next_page }";

/// Imports paid orders for 15.00 each, and gives their ids.
async fn sell(shop: &TestShop, count: usize) -> Vec<String> {
    shop.enable_cancellation().await;
    let order = |number| {
        OrderJson::new(&format!("b{number}"))
            .line("a", 1000, 1, 1, 0)
            .json()
    };
    let orders: Vec<_> = (0..count).map(order).collect();
    shop.import(&orders).await
}

/// Begins a job about these orders, and gives its id.
async fn begin(shop: &TestShop, ids: &[String], key: &str, per_second: i32) -> Value {
    let input = json!({
        "order_ids": ids, "reason": "other", "idempotency_key": key, "orders_per_second": per_second,
    });
    let selection = "bulk_cancellation { id }";
    let payload = shop.owner_does("bulkCancelOrders", input, selection).await;
    assert_eq!(payload["user_errors"], json!([]));
    payload["bulk_cancellation"]["id"].clone()
}

async fn job(shop: &TestShop, id: &Value) -> Value {
    let query = format!("query($id: ID!) {{ bulkCancellation(id: $id) {{ {JOB} }} }}");
    let asked = shop.ask(&query).variables(json!({ "id": id }));
    asked
        .token(shop.owner())
        .send()
        .await
        .data("/bulkCancellation")
        .clone()
}

/// Takes turns until no job may go on, and gives the number of orders that got a result.
async fn work(shop: &TestShop) -> usize {
    let mut done = 0;
    loop {
        let turn = shop.app().work_on_bulk_cancellations(&|| false).await;
        match turn.expect("a turn") {
            0 => return done,
            more => done += more,
        }
    }
}

async fn assert_canceled_once(shop: &TestShop, id: &str) {
    let order = shop.order(id).await;
    assert_eq!(order["version"], 2, "{id}");
    assert_eq!(
        order["order"]["credit_memos"].as_array().map(Vec::len),
        Some(1),
        "{id}"
    );
}

on_every_database!(
    a_dry_run_of_a_job_tells_what_the_job_does_and_changes_no_order,
    |shop| async move {
        shop.enable_cancellation().await;
        let orders = [
            OrderJson::new("1").line("a", 1000, 1, 1, 0).json(),
            OrderJson::new("2").line("a", 1000, 1, 0, 0).json(),
            OrderJson::new("3").line("a", 1000, 1, 1, 1).json(),
        ];
        shop.import(&orders).await;
        let mut input = json!({ "filter": { "sku": "a" }, "reason": "other", "dry_run": true });
        let selection = "forecast { total canceled refused refund_totals { value }
          results { order_id refund_total { value } refusal { code } } } bulk_cancellation { id }";
        let before = shop.audit_log(1).await;
        let told = shop
            .owner_does("bulkCancelOrders", input.clone(), selection)
            .await;
        assert_eq!(told["user_errors"], json!([]));
        assert_eq!(told["bulk_cancellation"], Value::Null);
        assert_eq!(shop.audit_log(1).await, before);
        input["dry_run"] = json!(false);
        input["idempotency_key"] = json!("k");
        let begun = shop.owner_does("bulkCancelOrders", input, selection).await;
        let id = &begun["bulk_cancellation"]["id"];
        assert_eq!(job(&shop, id).await["state"], "QUEUED");
        assert_eq!(work(&shop).await, 3);
        let done = job(&shop, id).await;
        let forecast = &told["forecast"];
        for (field, value) in [("total", 3), ("canceled", 2), ("refused", 1)] {
            assert_eq!(
                (&done[field], &forecast[field]),
                (&json!(value), &json!(value)),
                "{field}"
            );
        }
        assert_eq!(done["refund_totals"], forecast["refund_totals"]);
        assert_eq!(done["refund_totals"][0]["value"], 15.0);
        assert_eq!((&done["state"], &done["failed"]), (&json!("DONE"), &json!(0)));
        assert!(done["finished_at"].is_string(), "{done:#}");
        let items = done["orders"]["items"].as_array().expect("orders");
        for (item, told) in items.iter().zip(forecast["results"].as_array().expect("results")) {
            assert_eq!(item["order_id"], told["order_id"]);
            assert_eq!(item["refund_total"], told["refund_total"]);
            assert_eq!(item["code"], told["refusal"]["code"]);
        }
        let actions: Vec<_> = shop
            .audit_log(3)
            .await
            .iter()
            .map(|it| it["action"].clone())
            .collect();
        assert_eq!(actions, ["bulkCancelOrders"; 3], "two orders and the job");
        shop.leave_jobs();
    }
);

on_every_database!(a_job_keeps_its_pace, |shop| async move {
    let ids = sell(&shop, 5).await;
    let id = begin(&shop, &ids, "k", 2).await;
    for (canceled, state) in [(2, "RUNNING"), (4, "RUNNING"), (5, "DONE")] {
        work(&shop).await;
        let job = job(&shop, &id).await;
        assert_eq!(
            (&job["canceled"], &job["state"]),
            (&json!(canceled), &json!(state))
        );
        shop.wait(TimeDelta::seconds(1));
    }
    shop.leave_jobs();
});

/// Sets settings of the whole shop.
async fn set(shop: &TestShop, values: Value) {
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "settings { key }").await;
    assert_eq!(done["user_errors"], json!([]));
}

on_every_database!(the_shops_pace_holds_where_a_job_names_none, |shop| async move {
    let ids = sell(&shop, 3).await;
    let pace = json!([{ "key": "sales/cancellation/bulk_orders_per_second", "value": "2" }]);
    set(&shop, pace).await;
    let input = json!({ "order_ids": ids, "reason": "other", "idempotency_key": "k" });
    let selection = "bulk_cancellation { id orders_per_second }";
    let begun = shop
        .owner_does("bulkCancelOrders", input.clone(), selection)
        .await;
    assert_eq!(begun["bulk_cancellation"]["orders_per_second"], 2);
    assert_eq!(work(&shop).await, 2, "no more than two in this second");
    let pace = json!([{ "key": "sales/cancellation/bulk_orders_per_second", "value": "50" }]);
    set(&shop, pace).await;
    let again = shop.owner_does("bulkCancelOrders", input, selection).await;
    assert_eq!(
        again["bulk_cancellation"], begun["bulk_cancellation"],
        "the same key is the same job, also after the setting changed"
    );
    let other = begin(&shop, &ids, "other", 7).await;
    assert_eq!(job(&shop, &other).await["orders_per_second"], 7);
    shop.leave_jobs();
});

on_every_database!(
    a_job_is_deleted_with_its_results_some_days_after_its_end,
    |shop| async move {
        let ids = sell(&shop, 3).await;
        let days = json!([{ "key": "sales/cancellation/bulk_jobs_kept", "value": "2" }]);
        set(&shop, days).await;
        let done = begin(&shop, &ids[..2], "done", 100).await;
        let stopped = begin(&shop, &ids[2..], "stopped", 100).await;
        shop.owner_does(
            "stopBulkCancellation",
            json!({ "id": stopped }),
            "bulk_cancellation { id }",
        )
        .await;
        assert_eq!(work(&shop).await, 2);
        shop.wait(TimeDelta::days(2) - TimeDelta::hours(1));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(job(&shop, &done).await["canceled"], 2);
        shop.wait(TimeDelta::hours(2));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(job(&shop, &done).await, Value::Null);
        let results = shop
            .database()
            .bulk_orders(done.as_str().expect("an id"), None, None, 10)
            .await;
        assert_eq!(results.expect("a page").orders, []);
        assert_eq!(job(&shop, &stopped).await["state"], "STOPPED");
        assert_canceled_once(&shop, &ids[0]).await;
        let again = begin(&shop, &ids[..1], "done", 100).await;
        assert_ne!(again, done, "the key can be used again");
        assert_eq!(work(&shop).await, 1);

        set(
            &shop,
            json!([{ "key": "sales/cancellation/bulk_jobs_kept", "value": "0" }]),
        )
        .await;
        shop.wait(TimeDelta::days(400));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(job(&shop, &again).await["state"], "DONE", "0 keeps all jobs");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_stopped_job_cancels_no_further_order_until_it_is_resumed,
    |shop| async move {
        let ids = sell(&shop, 3).await;
        let id = begin(&shop, &ids, "k", 1).await;
        assert_eq!(work(&shop).await, 1);
        let state = "bulk_cancellation { state waiting }";
        let stopped = shop
            .owner_does("stopBulkCancellation", json!({ "id": id }), state)
            .await;
        assert_eq!(
            stopped["bulk_cancellation"],
            json!({ "state": "STOPPED", "waiting": 2 })
        );
        shop.wait(TimeDelta::seconds(5));
        assert_eq!(work(&shop).await, 0);
        let resumed = shop
            .owner_does("resumeBulkCancellation", json!({ "id": id }), state)
            .await;
        assert_eq!(resumed["bulk_cancellation"]["state"], "QUEUED");
        assert_eq!(shop.audit_log(2).await[1]["action"], "stopBulkCancellation");
        for _ in 0..2 {
            assert_eq!(work(&shop).await, 1);
            shop.wait(TimeDelta::seconds(1));
        }
        assert_eq!(job(&shop, &id).await["state"], "DONE");
        let refused = shop.refused("stopBulkCancellation", json!({ "id": id })).await;
        assert_eq!(refused, ("NOTHING_LEFT".into(), "id".into()));
        shop.leave_jobs();
    }
);

on_every_database!(a_key_begins_one_job_and_no_other, |shop| async move {
    let ids = sell(&shop, 2).await;
    let id = begin(&shop, &ids, "k", 10).await;
    assert_eq!(begin(&shop, &ids, "k", 10).await, id);
    let list = "{ bulkCancellations { items { id } has_next_page } }";
    let listed = shop.ask(list).token(shop.owner()).send().await;
    let expected = json!({ "items": [{ "id": id }], "has_next_page": false });
    assert_eq!(listed.data("/bulkCancellations"), &expected);
    let other = json!({ "order_ids": ids[..1], "reason": "other", "idempotency_key": "k" });
    let refused = shop.refused("bulkCancelOrders", other).await;
    assert_eq!(refused, ("TAKEN".into(), "idempotency_key".into()));
});

on_every_database!(a_job_without_clear_orders_is_refused, |shop| async move {
    let ids = sell(&shop, 1).await;
    for (selection, code, field) in [
        (json!({ "filter": {} }), "INVALID", "filter"),
        (json!({ "filter": { "sku": "unknown" } }), "INVALID", "filter"),
        (json!({ "order_ids": [] }), "INVALID", "order_ids"),
        (
            json!({ "order_numbers": ["b0", "nothing"] }),
            "NOT_FOUND",
            "order_numbers",
        ),
        (
            json!({ "order_numbers": ["b0"], "order_ids": ids }),
            "INVALID",
            "filter",
        ),
        (
            json!({ "order_ids": ids, "orders_per_second": 0 }),
            "INVALID",
            "orders_per_second",
        ),
        (
            json!({ "order_ids": ids, "idempotency_key": "" }),
            "INVALID",
            "idempotency_key",
        ),
        (
            json!({ "order_ids": ids, "idempotency_key": null }),
            "INVALID",
            "idempotency_key",
        ),
    ] {
        let mut input = json!({ "reason": "other", "idempotency_key": "k" });
        let fields = selection.as_object().cloned().unwrap_or_default();
        input.as_object_mut().expect("an input").extend(fields);
        let refused = shop.refused("bulkCancelOrders", input).await;
        assert_eq!(refused, (code.into(), field.into()), "{selection}");
    }
    assert_eq!(work(&shop).await, 0);
});

on_every_database!(
    a_job_of_one_store_view_finds_no_orders_of_others,
    |shop| async move {
        shop.create_website("other").await;
        shop.create_store("elsewhere", "other", "elsewhere").await;
        let ids = sell(&shop, 1).await;
        let token = shop.staff(StaffRole::Support, Some(2)).await;
        let input = json!({ "order_ids": ids, "reason": "other", "idempotency_key": "k" });
        let asked = shop.staff_asks("bulkCancelOrders", &input, "bulk_cancellation { id }");
        let begun = asked.token(&token).send().await;
        let id = begun.data("/bulkCancelOrders/bulk_cancellation/id");
        assert_eq!(work(&shop).await, 1);
        let done = job(&shop, id).await;
        assert_eq!(done["orders"]["items"][0]["code"], "NOT_FOUND", "{done:#}");
        assert_eq!(shop.order(&ids[0]).await["version"], 1);
    }
);

on_every_database!(
    two_jobs_over_the_same_orders_on_two_servers_cancel_each_order_once,
    |shop| async move {
        let ids = sell(&shop, 20).await;
        let jobs = [
            begin(&shop, &ids, "k1", 100).await,
            begin(&shop, &ids, "k2", 100).await,
        ];
        let replica = shop.replica().await;
        let (left, right) = tokio::join!(work(&shop), work(&replica));
        assert_eq!(left + right, 40);
        let (one, two) = (job(&shop, &jobs[0]).await, job(&shop, &jobs[1]).await);
        for (index, id) in ids.iter().enumerate() {
            let results = [&one["orders"]["items"][index], &two["orders"]["items"][index]];
            let winners = results.iter().filter(|it| it["state"] == "CANCELED").count();
            assert_eq!(winners, 1, "{results:?}");
            let told = results.iter().find(|it| it["state"] == "REFUSED");
            assert_eq!(
                told.expect("the other job is told")["code"],
                "INVALID_ORDER_STATUS"
            );
            assert_canceled_once(&shop, id).await;
        }
        let mut sorted = [&one, &two].map(|job| job["state"].clone());
        sorted.sort_by_key(ToString::to_string);
        assert_eq!(sorted, ["DONE", "DONE"]);
        shop.leave_jobs();
    }
);

on_every_database!(a_job_sends_mails_only_if_it_is_told_to, |shop| async move {
    let ids = sell(&shop, 2).await;
    for (index, notifies) in [false, true].into_iter().enumerate() {
        let input = json!({
            "order_ids": [ids[index]], "reason": "other", "idempotency_key": format!("k{index}"),
            "notify_customer": notifies,
        });
        shop.owner_does("bulkCancelOrders", input, "bulk_cancellation { id }")
            .await;
        assert_eq!(work(&shop).await, 1);
        assert_eq!(shop.run_jobs().await.len(), usize::from(notifies));
    }
});
