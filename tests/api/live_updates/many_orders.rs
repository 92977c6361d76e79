//! Staff follows all orders of the shop or of a store view, and a customer all own ones.

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::event_stream::EventStream;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::{ANNA, hold};

pub(super) const ALL_UPDATED: &str = "subscription($store: String, $after: ID) {
  orderUpdated(store_code: $store, after: $after) { cursor event { order_version } order { number } }
}";

/// The numbers of the orders.
const NUMBERS: [&str; 3] = ["000000001", "000000002", "000000003"];

/// An order of Anna and one of a guest in the first store view, and one of a guest in a second one, `other`. Gives their
/// ids and Anna's token.
pub(super) async fn three_orders(shop: &TestShop) -> (Vec<String>, String) {
    let anna = shop.customer(ANNA).await;
    shop.create_store("other", "base", "other").await;
    let [of_anna, of_guest, elsewhere] = NUMBERS.map(|number| OrderJson::new(number).line("A", 750, 2, 0, 0));
    let orders = [of_anna.by(ANNA), of_guest, elsewhere.in_store(2)];
    (shop.import(&orders.map(|order| order.json())).await, anna)
}

/// The orders of the next updates with their versions.
pub(super) async fn seen(events: &mut EventStream, count: usize) -> Vec<(String, i64)> {
    let mut seen = Vec::new();
    for _ in 0..count {
        let update = events.update().await;
        let told = &update.data["data"]["orderUpdated"];
        let number = told["order"]["number"].as_str();
        let number = number.unwrap_or_else(|| panic!("no order: {update:?}"));
        let version = told["event"]["order_version"].as_i64().expect("a version");
        seen.push((number.to_owned(), version));
    }
    seen
}

/// The versions of each order, in the sequence in which they were seen.
fn versions(seen: &[(String, i64)]) -> [Vec<i64>; 3] {
    NUMBERS.map(|number| {
        let of_order = seen.iter().filter(|(seen, _)| seen == number);
        of_order.map(|(_, version)| *version).collect()
    })
}

on_every_database!(
    each_caller_is_told_of_all_orders_in_reach_and_of_no_others,
    |shop| async move {
        let (ids, anna) = three_orders(&shop).await;
        let limited = shop.staff(StaffRole::Viewer, Some(2)).await;
        let mut staff = shop.events(ALL_UPDATED, json!({}), Some(shop.owner())).await;
        let mut customer = shop.events(ALL_UPDATED, json!({}), Some(&anna)).await;
        let mut of_token = shop.events(ALL_UPDATED, json!({}), Some(&limited)).await;
        let of_code = json!({ "store": "other" });
        let mut of_code = shop.events(ALL_UPDATED, of_code, Some(shop.owner())).await;
        assert_eq!(
            versions(&seen(&mut staff, 3).await),
            [[1], [1], [1]],
            "the changes of the last minute come first"
        );

        let other = shop.replica().await;
        for (order, is_held) in [(0, true), (1, true), (0, false), (2, true)] {
            hold(&other, &ids[order], is_held).await;
        }
        let told = versions(&seen(&mut staff, 4).await);
        assert_eq!(told, [vec![2, 3], vec![2], vec![2]]);
        let own = versions(&seen(&mut customer, 3).await);
        assert_eq!(own, [vec![1, 2, 3], vec![], vec![]]);
        for events in [&mut of_token, &mut of_code] {
            let of_store = versions(&seen(events, 2).await);
            assert_eq!(of_store, [vec![], vec![], vec![1, 2]]);
        }

        shop.wait(TimeDelta::hours(2));
        hold(&other, &ids[0], true).await;
        assert_eq!(customer.ends_with().await, "UNAUTHENTICATED");
    }
);

on_every_database!(
    no_change_of_many_orders_is_left_out_although_it_is_committed_late,
    |shop| async move {
        let (ids, _) = three_orders(&shop).await;
        let mut staff = shop.events(ALL_UPDATED, json!({}), Some(shop.owner())).await;
        seen(&mut staff, 3).await;
        shop.wait(TimeDelta::seconds(40));
        hold(&shop, &ids[0], true).await;
        let update = staff.update().await;
        let cursor = update.id.expect("an id");
        assert_eq!(update.data["data"]["orderUpdated"]["cursor"], json!(cursor));
        // The next change has a time that is half a minute before what was told.
        shop.wait(TimeDelta::seconds(-30));
        hold(&shop, &ids[1], true).await;
        shop.wait(TimeDelta::seconds(30));
        assert_eq!(seen(&mut staff, 1).await, [("000000002".to_owned(), 2)]);
        drop(staff);

        shop.wait(TimeDelta::minutes(10));
        hold(&shop, &ids[0], false).await;
        // Another server goes on after the cursor, ten minutes later.
        let other = shop.replica().await;
        let header = [("last-event-id", cursor.as_str())];
        let response = other.subscribe(ALL_UPDATED, json!({}), Some(shop.owner()), &header);
        let told = seen(&mut EventStream::of(response.await), 6).await;
        assert_eq!(versions(&told), [vec![1, 2, 3], vec![1, 2], vec![1]]);

        // A client that received nothing passes the time at which it was connected last.
        let connected_at = (shop.now() - TimeDelta::minutes(5)).timestamp_micros();
        let after = json!({ "after": connected_at.to_string() });
        let mut late = other.events(ALL_UPDATED, after, Some(shop.owner())).await;
        assert_eq!(seen(&mut late, 1).await, [("000000001".to_owned(), 3)]);
    }
);

on_sqlite!(who_may_not_follow_many_orders_is_told_why, |shop| async move {
    three_orders(&shop).await;
    let limited = shop.staff(StaffRole::Owner, Some(2)).await;
    let owner = Some(shop.owner());
    let elsewhere = json!({ "store": "default" });
    let cases: [(Value, Option<&str>, &str); 6] = [
        (json!({}), None, "BAD_PARAMETER"),
        (json!({ "store": "nowhere" }), owner, "STORE_NOT_FOUND"),
        (elsewhere, Some(&limited), "FORBIDDEN"),
        (json!({ "after": "nonsense" }), owner, "CURSOR_UNKNOWN"),
        (json!({ "after": "1000" }), owner, "CURSOR_UNKNOWN"),
        (json!({ "after": "10000000001:1" }), owner, "CURSOR_UNKNOWN"),
    ];
    for (variables, token, code) in cases {
        let mut events = shop.events(ALL_UPDATED, variables.clone(), token).await;
        assert_eq!(events.ends_with().await, code, "{variables}");
    }
    let both = "subscription { orderUpdated(order_id: \"MQ==\", store_code: \"default\") { cursor } }";
    let mut events = shop.events(both, json!({}), owner).await;
    assert_eq!(events.ends_with().await, "BAD_PARAMETER");
});
