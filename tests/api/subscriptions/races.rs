//! The end of a subscription at one server, against another end or the import of a renewal at another server.

use std::time::Duration;

use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, is_healthy, listed, sell};

on_every_database!(of_two_servers_that_end_at_once_one_wins, |shop| async move {
    let (anna, _) = sell(&shop, "AT_ONCE").await;
    let replica = shop.replica().await;
    for round in 0..6 {
        let id = format!("RACE-{round}");
        let order = OrderJson::new(&format!("r{round}"))
            .by(BUYER)
            .line("magazine", 10_000, 1, 1, 0)
            .of_type("virtual")
            .subscription(&id, "2026-01-01 00:00:00", "2027-01-01 00:00:00");
        let order = shop.import(&[order.json()]).await.remove(0);
        let input = json!({ "subscription_id": id });
        let here = shop.staff_asks("endSubscription", &input, "").token(&anna);
        let there = replica.staff_asks("endSubscription", &input, "").token(&anna);
        let (here, there) = tokio::join!(here.send(), there.send());
        let mut codes: Vec<_> = [here, there]
            .iter()
            .map(|it| it.data("/endSubscription/user_errors")[0]["code"].clone())
            .collect();
        codes.sort_by_key(ToString::to_string);
        assert_eq!(codes, [json!("SUBSCRIPTION_ENDED"), Value::Null]);
        assert_eq!(paid_back(&shop.order(&order).await["order"]), [81.91]);
    }
    shop.leave_jobs();
});

on_every_database!(
    a_renewal_that_is_imported_at_the_moment_of_the_end_ends_too,
    |shop| async move {
        let (anna, _) = sell(&shop, "PERIOD_END").await;
        let replica = shop.replica().await;
        for round in 0..6 {
            let id = format!("RACE-{round}");
            let order = |number: String, from, until| {
                OrderJson::new(&number)
                    .by(BUYER)
                    .line("magazine", 10_000, 1, 1, 0)
                    .of_type("virtual")
                    .subscription(&id, from, until)
                    .json()
            };
            let first = order(format!("f{round}"), "2026-01-01 00:00:00", "2027-01-01 00:00:00");
            shop.import(&[first]).await;
            let renewal = order(format!("n{round}"), "2027-01-01 00:00:00", "2028-01-01 00:00:00");
            let input = json!({ "subscription_id": id });
            let ending = async {
                tokio::time::sleep(Duration::from_millis(round * 3)).await;
                let asked = shop.staff_asks("endSubscription", &input, "").token(&anna);
                asked.send().await
            };
            let renewals = [renewal];
            let (ended, _) = tokio::join!(ending, replica.import(&renewals));
            assert_eq!(ended.data("/endSubscription/user_errors"), &json!([]));
            let (subscriptions, _) = listed(&shop, &anna).await;
            let mut subscriptions = subscriptions.as_array().expect("subscriptions").iter();
            let seen = subscriptions.find(|it| it["subscription_id"] == id.as_str());
            let seen = seen.expect("the subscription");
            let stands = [&seen["order_number"], &seen["status"], &seen["ends_at"]];
            let expected = [
                &json!(format!("n{round}")),
                &json!("ENDING"),
                &json!("2028-01-01 00:00:00"),
            ];
            assert_eq!(stands, expected, "round {round}");
        }
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);
