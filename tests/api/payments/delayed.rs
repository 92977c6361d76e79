//! Staff sees the money that a payment provider does not move for a while, and the program goes on by itself.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{attention, authorized_with, cancel, connected, paid, serve, work};

/// An address at which no server listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// The reasons in the list of what needs a person.
async fn reasons(shop: &TestShop) -> Vec<Value> {
    let told = attention(shop).await.into_iter();
    told.map(|(reasons, _)| reasons).collect()
}

/// Sets after how many minutes staff is told.
async fn tell_after(shop: &TestShop, minutes: &str) {
    let values = json!([{ "key": "payment/attention_after", "value": minutes }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

on_every_database!(
    money_that_the_provider_does_not_take_is_listed_after_an_hour_until_it_has_moved,
    |shop| async move {
        let Some(provider) = PaymentServer::start().await else {
            return;
        };
        serve(&shop, "HTTP", NOWHERE, KEY).await;
        let refund = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        let void = authorized_with(&shop, "2", "tx-2").await;
        let payment = json!({ "reference": "tx-2", "authorized": 1500, "captured": 0 });
        provider.play("payments", &payment).await;
        cancel(&shop, &refund).await;
        cancel(&shop, &void).await;
        work(&shop).await;
        shop.wait(TimeDelta::minutes(59));
        assert_eq!(attention(&shop).await, []);
        shop.wait(TimeDelta::minutes(1));
        let listed = [json!(["REFUND_DELAYED"]), json!(["VOID_DELAYED"])];
        assert_eq!(reasons(&shop).await, listed);
        for (_, problem) in attention(&shop).await {
            assert!(problem.contains("the provider does not answer"), "{problem}");
        }
        // The setting decides how long; 0 leaves only the three days.
        for (minutes, count) in [("61", 0), ("0", 0), ("60", 2)] {
            tell_after(&shop, minutes).await;
            assert_eq!(reasons(&shop).await.len(), count, "{minutes}");
        }
        // A token for another store view does not reach the orders.
        let of_store = shop.staff(countermand_domain::StaffRole::Viewer, Some(2)).await;
        let query = "{ needsAttention { items { id } } }";
        let answer = shop.ask(query).token(&of_store).send().await;
        assert_eq!(answer.data("/needsAttention/items"), &json!([]));
        // The merchant repairs the address, and the program does the rest.
        let repaired = json!({ "name": "main", "address": provider.address, "secret": KEY });
        let done = shop.owner_does("changePaymentProvider", repaired, "").await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(work(&shop).await, vec![Settlement::Met; 2]);
        assert_eq!(attention(&shop).await, []);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
        assert_eq!(provider.ledger().await["payments"]["tx-2"]["voided"], true);
    }
);

on_every_database!(
    a_page_of_what_needs_a_person_holds_delayed_and_failed_refunds_once,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        for (number, fault) in [
            ("1", "pending"),
            ("2", "fail"),
            ("3", "error_before"),
            ("4", "pending"),
        ] {
            let id = paid(&shop, number).await;
            provider.paid(&format!("tx-{number}"), 1500).await;
            cancel(&shop, &id).await;
            provider.goes_wrong(&[fault]).await;
            work(&shop).await;
        }
        // Another order was canceled a moment ago, and no worker has looked at it.
        shop.wait(TimeDelta::hours(2));
        let young = paid(&shop, "5").await;
        cancel(&shop, &young).await;
        assert_eq!(numbers(&shop, 1).await, ["2", "3"]);
        shop.wait(TimeDelta::hours(70));
        for size in [1, 2, 3, 100] {
            assert_eq!(
                numbers(&shop, size).await,
                ["1", "2", "3", "4", "5"],
                "pages of {size}"
            );
        }
        let expected = [
            "REFUND_DELAYED",
            "REFUND_FAILED",
            "REFUND_DELAYED",
            "REFUND_DELAYED",
            "REFUND_DELAYED",
        ];
        assert_eq!(reasons(&shop).await, expected.map(|reason| json!([reason])));
    }
);

/// The numbers of the orders in the list of what needs a person, read in pages of `size`.
async fn numbers(shop: &TestShop, size: i32) -> Vec<String> {
    let query = "query($first: Int, $after: String) { needsAttention(first: $first, after: $after) {
      items { order { order { number } } } end_cursor has_next_page
    } }";
    let mut numbers = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": size, "after": after });
        let answer = shop
            .ask(query)
            .variables(variables)
            .token(shop.owner())
            .send()
            .await;
        let page = answer.data("/needsAttention").clone();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let number = |item: &Value| item["order"]["order"]["number"].as_str().map(str::to_owned);
        numbers.extend(items.iter().filter_map(number));
        if page["has_next_page"] == false {
            return numbers;
        }
        after = page["end_cursor"].clone();
    }
}
