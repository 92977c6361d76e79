//! A job of many turns is stopped in the middle and goes on at another server.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{begin, job, work};

/// So many orders that a worker takes 25 turns, and that the results fill seven pages.
const ORDERS: usize = 620;
/// Every fiftieth order is shipped, so that its cancellation is refused.
const SHIPPED: usize = 13;
/// The orders of the first second and of the begun second one, at 100 a second.
const BEFORE_THE_STOP: usize = 150;

/// Imports the orders, and gives their ids.
async fn sell(shop: &TestShop) -> Vec<String> {
    shop.enable_cancellation().await;
    let order = |number: usize| {
        let shipped = i64::from(number.is_multiple_of(50));
        OrderJson::new(&format!("b{number}"))
            .line("a", 1000, 1, 1, shipped)
            .json()
    };
    let orders: Vec<_> = (0..ORDERS).map(order).collect();
    let mut ids = Vec::new();
    for orders in orders.chunks(100) {
        ids.extend(shop.import(orders).await);
    }
    ids
}

/// The results of all orders of a job, read page by page: the ids in their sequence, and how often each result occurs.
async fn results(shop: &TestShop, id: &Value) -> (Vec<String>, BTreeMap<String, usize>) {
    let query = "query($id: ID!, $after: String) { bulkCancellation(id: $id) {
      orders(first: 100, after: $after) { items { order_id state } end_cursor has_next_page } } }";
    let (mut orders, mut counts, mut after) = (Vec::new(), BTreeMap::new(), Value::Null);
    loop {
        let asked = shop.ask(query).variables(json!({ "id": id, "after": after }));
        let answer = asked.token(shop.owner()).send().await;
        let page = answer.data("/bulkCancellation/orders");
        for item in page["items"].as_array().expect("orders") {
            orders.push(item["order_id"].as_str().expect("an id").to_owned());
            let state = item["state"].as_str().expect("a state").to_owned();
            *counts.entry(state).or_default() += 1;
        }
        if page["has_next_page"] == false {
            return (orders, counts);
        }
        after = page["end_cursor"].clone();
    }
}

on_every_database!(
    a_job_of_many_orders_that_is_stopped_goes_on_at_another_server_and_has_one_result_for_each_order,
    |shop| async move {
        let ids = sell(&shop).await;
        let id = begin(&shop, &ids, "recall", 100).await;
        assert_eq!(work(&shop).await, 100, "the orders of one second");
        shop.wait(TimeDelta::milliseconds(500));
        assert_eq!(work(&shop).await, 50, "the orders of half a second");
        let stop = json!({ "id": id });
        let state = "bulk_cancellation { state waiting }";
        let stopped = shop.owner_does("stopBulkCancellation", stop.clone(), state).await;
        let expected = json!({ "state": "STOPPED", "waiting": ORDERS - BEFORE_THE_STOP });
        assert_eq!(stopped["bulk_cancellation"], expected);
        let replica = shop.replica().await;
        shop.wait(TimeDelta::seconds(5));
        for server in [&shop, &replica] {
            assert_eq!(work(server).await, 0, "a stopped job");
        }
        replica
            .owner_does("resumeBulkCancellation", stop, "bulk_cancellation { state }")
            .await;
        let mut done = BEFORE_THE_STOP;
        while done < ORDERS {
            let more = work(&replica).await;
            assert!((1..=100).contains(&more), "{more} orders in a second");
            done += more;
            shop.wait(TimeDelta::seconds(1));
        }
        assert_eq!(done, ORDERS);

        let over = job(&shop, &id).await;
        let canceled = ORDERS - SHIPPED;
        let told = ["state", "total", "waiting", "canceled", "refused", "failed"].map(|it| over[it].clone());
        let expected = [
            json!("DONE"),
            json!(ORDERS),
            json!(0),
            json!(canceled),
            json!(SHIPPED),
            json!(0),
        ];
        assert_eq!(told, expected);
        assert_eq!(over["refund_totals"], json!([{ "value": 9105.0 }]));
        let (orders, counts) = results(&replica, &id).await;
        assert_eq!(
            orders, ids,
            "one result for each order, in the sequence of the request"
        );
        let expected = [("CANCELED".to_owned(), canceled), ("REFUSED".to_owned(), SHIPPED)];
        assert_eq!(counts, expected.into());
        for (number, id) in ids.iter().enumerate() {
            let version = if number.is_multiple_of(50) { 1 } else { 2 };
            let order = shop.order(id).await;
            assert_eq!(order["version"], version, "b{number} changed once at most");
        }
        shop.leave_jobs();
    }
);
