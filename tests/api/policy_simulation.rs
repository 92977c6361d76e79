//! Staff tries a policy on the orders of the past before the policy holds.

use chrono::TimeDelta;
use countermand_domain::{StaffRole, StoreNumber};
use countermand_persistence::PastOrdersQuery;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// Asks for the simulation of `values` in the default scope, with the orders of any time.
async fn simulate(shop: &TestShop, minutes: i64, values: &[(&str, &str)]) -> Value {
    let value =
        |(key, value): &(&str, &str)| json!({ "key": format!("sales/cancellation/{key}"), "value": value });
    let draft = json!({
        "scope": "DEFAULT",
        "values": values.iter().map(value).collect::<Vec<_>>(),
        "from": "2000-01-01 00:00:00",
        "until": "2100-01-01 00:00:00",
        "minutes_after_placing": minutes,
    });
    simulated(shop, shop.owner(), &draft).await
}

async fn simulated(shop: &TestShop, token: &str, draft: &Value) -> Value {
    let outcomes =
        "{ orders automatic requested refused refusals { code orders } refunded { value } fees { value } }";
    let document = format!(
        "query($draft: CancellationPolicyDraft!) {{ simulateCancellationPolicy(draft: $draft) {{ \
         orders cut_off cut_off_at not_judged refunded_then {{ value currency }} \
         draft {{ with_cancellation {outcomes} without_cancellation {outcomes} }} \
         today {{ with_cancellation {outcomes} without_cancellation {outcomes} }} }} }}"
    );
    let asked = shop
        .ask(&document)
        .variables(json!({ "draft": draft }))
        .token(token);
    let answer = asked.send().await;
    answer.data("/simulateCancellationPolicy").clone()
}

/// How many cancellations would have taken place at once, on request and not at all.
fn counts(outcomes: &Value) -> [i64; 3] {
    ["automatic", "requested", "refused"].map(|it| outcomes[it].as_i64().expect("a count"))
}

/// The first sums of what would have come back, and of the fees.
fn sums(outcomes: &Value) -> [f64; 2] {
    ["refunded", "fees"].map(|it| outcomes[it][0]["value"].as_f64().expect("a sum"))
}

fn order(number: &str, units: i64) -> OrderJson {
    OrderJson::new(number)
        .by(BUYER)
        .with("customer_group_id", json!(units))
        .line("tea", 1000, units, units, 0)
}

on_every_database!(
    a_draft_is_tried_on_past_cancellations_and_changes_none,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let orders = [order("1", 1), order("2", 4), order("3", 1)].map(|it| it.json());
        let ids = shop.import(&orders).await;
        for id in &ids[..2] {
            shop.cancel_order(id, "Other").token(&anna).send().await.works();
        }
        let by_staff = json!({ "order_id": ids[2], "reason": "Other" });
        shop.worked("cancelOrderAsAdmin", by_staff).await;

        let none = simulate(&shop, 60, &[]).await;
        assert_eq!(none["draft"], none["today"]);
        assert_eq!((&none["orders"], &none["not_judged"]), (&json!(3), &json!(0)));
        assert_eq!(
            none["refunded_then"],
            json!([{ "value": 90.0, "currency": "USD" }])
        );
        let today = &none["today"]["with_cancellation"];
        assert_eq!((counts(today), sums(today)), ([3, 0, 0], [90.0, 0.0]));

        let draft = [("mode_rules", "when total >= 50 then REQUEST"), ("fee", "10%")];
        let answer = simulate(&shop, 60, &draft).await;
        let with = &answer["draft"]["with_cancellation"];
        assert_eq!(
            (counts(with), sums(with)),
            ([2, 1, 0], [82.5, 7.5]),
            "staff pays no fee"
        );
        assert_eq!(answer["today"], none["today"]);
        let off = simulate(&shop, 60, &[("mode", "OFF")]).await;
        let with = &off["draft"]["with_cancellation"];
        assert_eq!((counts(with), sums(with)), ([1, 0, 2], [15.0, 0.0]));
        assert_eq!(with["refusals"], json!([{ "code": "DISABLED", "orders": 2 }]));
        let by_group = [(
            "mode_rules",
            "when group is 4 and channel is none then REQUEST; when channel is none and actor is staff then OFF; \
             when channel is market then OFF",
        )];
        let by_group = simulate(&shop, 60, &by_group).await;
        assert_eq!(counts(&by_group["draft"]["with_cancellation"]), [1, 1, 1]);
        assert_eq!(simulate(&shop, 60, &[]).await, none, "a draft changes no setting");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_draft_judges_the_items_that_were_canceled_in_the_order_as_it_was_then,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let rest = json!({ "values": [{ "key": "sales/cancellation/unshipped_rest", "value": "true" }], "scope": "DEFAULT" });
        let set = shop.owner_does("updateSettings", rest, "").await;
        assert_eq!(set["user_errors"], json!([]));
        let ids = shop
            .import(&[order("1", 4), order("2", 2)].map(|it| it.json()))
            .await;
        let one = shop.item_lines(&ids[0], &[1]).await;
        let answer = shop.cancel_items(&ids[0], &one, "").token(&anna).send().await;
        answer.works();
        // What happens to the rest of the order later has no part in it.
        shop.worked("createShipment", json!({ "order_id": ids[0] })).await;
        let one = shop.item_lines(&ids[1], &[1]).await;
        let shipped = json!({ "order_id": ids[1], "items": one });
        shop.worked("createShipment", shipped).await;
        shop.cancel_order(&ids[1], "Other")
            .token(&anna)
            .send()
            .await
            .works();

        let answer = simulate(&shop, 60, &[("shipping_refund", "IN_PROPORTION")]).await;
        let [draft, today] = ["draft", "today"].map(|it| answer[it]["with_cancellation"].clone());
        assert_eq!((counts(&today), sums(&today)), ([2, 0, 0], [20.0, 0.0]));
        assert_eq!(
            (counts(&draft), sums(&draft)),
            ([2, 0, 0], [30.0, 0.0]),
            "5.00 a unit"
        );
        assert_eq!(answer["refunded_then"][0]["value"], 20.0);
        let answer = simulate(&shop, 60, &[("unshipped_rest", "false"), ("fee", "1.50")]).await;
        let draft = &answer["draft"]["with_cancellation"];
        assert_eq!((counts(draft), sums(draft)), ([1, 0, 1], [8.5, 1.5]));
        assert_eq!(
            draft["refusals"],
            json!([{ "code": "PARTLY_SHIPPED", "orders": 1 }])
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    an_order_that_was_never_canceled_is_judged_at_the_supposed_time,
    |shop| async move {
        shop.enable_cancellation().await;
        let at_noon = |number: &str| order(number, 1).placed_at("2026-03-07 12:00:00");
        let shipped_elsewhere = OrderJson::new("3").line("tea", 1000, 2, 2, 1);
        let orders = [at_noon("1").json(), at_noon("2").json(), shipped_elsewhere.json()];
        let ids = shop.import(&orders).await;
        shop.wait(TimeDelta::minutes(90));
        shop.worked("createShipment", json!({ "order_id": ids[1] })).await;
        shop.wait(TimeDelta::minutes(90));

        let window = [("window", "30"), ("after_window", "NONE"), ("fee", "10%")];
        let early = simulate(&shop, 10, &window).await;
        assert_eq!((&early["orders"], &early["not_judged"]), (&json!(3), &json!(1)));
        assert_eq!(early["draft"]["with_cancellation"]["orders"], 0);
        let draft = &early["draft"]["without_cancellation"];
        assert_eq!((counts(draft), sums(draft)), ([2, 0, 0], [27.0, 3.0]));
        let hour = simulate(&shop, 60, &window).await;
        let [draft, today] = ["draft", "today"].map(|it| hour[it]["without_cancellation"].clone());
        assert_eq!(counts(&draft), [0, 0, 2]);
        assert_eq!(
            draft["refusals"],
            json!([{ "code": "WINDOW_CLOSED", "orders": 2 }])
        );
        assert_eq!(
            (counts(&today), sums(&today)),
            ([2, 0, 0], [30.0, 0.0]),
            "before the shipment"
        );
        let late = simulate(&shop, 120, &[]).await;
        let today = &late["today"]["without_cancellation"];
        assert_eq!(
            (counts(today), &today["refusals"][0]["code"]),
            ([1, 0, 1], &json!("STATE"))
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    a_request_that_staff_declined_is_judged_like_a_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let request = json!({ "values": [{ "key": "sales/cancellation/mode", "value": "REQUEST" }], "scope": "DEFAULT" });
        shop.owner_does("updateSettings", request, "").await;
        let ids = shop.import(&[order("1", 1).json()]).await;
        shop.cancel_order(&ids[0], "Other")
            .token(&anna)
            .send()
            .await
            .works();
        let declined = json!({ "order_id": ids[0], "reason": "Packed" });
        shop.worked("declineCancellationRequest", declined).await;
        shop.worked("createShipment", json!({ "order_id": ids[0] })).await;

        let answer = simulate(&shop, 60, &[("mode", "AUTOMATIC"), ("shipping_refund", "NONE")]).await;
        let [draft, today] = ["draft", "today"].map(|it| answer[it]["with_cancellation"].clone());
        assert_eq!((counts(&today), sums(&today)), ([0, 1, 0], [15.0, 0.0]));
        assert_eq!((counts(&draft), sums(&draft)), ([1, 0, 0], [10.0, 0.0]));
        assert_eq!(answer["refunded_then"], json!([]), "no money flowed back");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_simulation_looks_at_the_orders_of_its_time_and_its_store_views,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.create_store("dutch", "base", "Main").await;
        let numbers = ["1", "2", "3", "4", "5"];
        let placed = numbers.map(|number| {
            let day = format!("2026-03-0{number} 10:00:00");
            let store = if number == "4" { 2 } else { 1 };
            order(number, 1).in_store(store).placed_at(&day).json()
        });
        shop.import(&placed).await;
        let draft = |scope: &str, code: Option<&str>, from: &str, until: &str| json!({ "scope": scope, "code": code, "values": [], "from": from, "until": until });
        let [second, fifth] = ["2026-03-02 10:00:00", "2026-03-05 10:00:00"];
        let all = simulated(&shop, shop.owner(), &draft("DEFAULT", None, second, fifth)).await;
        assert_eq!((&all["orders"], &all["cut_off"]), (&json!(3), &json!(false)));
        let manager = shop.staff(StaffRole::Manager, Some(2)).await;
        let dutch = draft("STORE", Some("dutch"), second, fifth);
        assert_eq!(simulated(&shop, &manager, &dutch).await["orders"], 1);

        let mut query = PastOrdersQuery {
            stores: vec![StoreNumber(1), StoreNumber(2)],
            from: shop.now() - TimeDelta::days(30),
            until: shop.now(),
            after: None,
            limit: 2,
        };
        let mut read = Vec::new();
        loop {
            let places = shop.database().past_order_places(&query).await.expect("places");
            let Some(last) = places.last().copied() else { break };
            let orders = shop.database().past_orders(&places).await.expect("orders");
            read.extend(
                orders
                    .into_iter()
                    .map(|it| (it.order.number.to_string(), it.events.len())),
            );
            query.after = Some(last);
        }
        assert_eq!(read, numbers.map(|number| (number.to_owned(), 1)), "page by page");
    }
);
