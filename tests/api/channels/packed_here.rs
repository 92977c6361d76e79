//! The warehouse of the shop and the sales channel of an imported order: what is packed or shipped here is not canceled
//! there unawares, and what is canceled there is not packed.

use std::time::Duration;

use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::amazon_seller::LAMP;
use super::imported::{lamp, order_of};
use super::staff::{Account, refusal};

on_every_database!(
    what_is_shipped_here_is_not_canceled_at_its_channel_and_what_is_packed_only_when_confirmed,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        let one = json!({ "order_id": id, "items": [{ "item_id": item(&shop, &id).await, "quantity": 1 }] });
        shop.worked("startFulfilment", one.clone()).await;
        let packed = account.cancel(LAMP, "out_of_stock", false).await;
        assert_eq!(refusal(&packed).0, "CONFIRMATION_NEEDED", "{packed:#}");
        shop.worked("createShipment", one).await;
        let shipped = account.cancel(LAMP, "out_of_stock", true).await;
        assert_eq!(refusal(&shipped).0, "PARTIAL_ORDER_ITEM_SHIPPED", "{shipped:#}");
        let order = account.order(LAMP).await;
        assert_eq!(order["cancellation"], Value::Null);
        let lines = order["history"].to_string();
        assert!(
            lines.contains("the warehouse packs units of the imported order"),
            "{lines}"
        );
        assert!(
            lines.contains("units of the imported order were shipped"),
            "{lines}"
        );
    }
);

on_every_database!(
    an_order_that_its_channel_cancels_while_it_is_packed_is_released_and_told_to_staff,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        shop.worked("startFulfilment", json!({ "order_id": id })).await;
        account.amazon.cancel_as(LAMP, "BUYER", "Wrong color.");
        account.wait(301).await;
        shop.run_jobs().await;
        let query = "query($id: ID!) { order(id: $id) { state comments { message }
          order { cancellation_terms { items { quantity_in_fulfilment } } } } }";
        let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
        let order = asked.send().await.data("/order").clone();
        assert_eq!(order["state"], "complete", "{order:#}");
        let terms = &order["order"]["cancellation_terms"];
        assert_eq!(terms["items"][0]["quantity_in_fulfilment"], 0.0);
        assert!(
            order["comments"].to_string().contains("No more in fulfilment"),
            "{order:#}"
        );
        let owed = account.needs_attention().await;
        assert_eq!(
            owed[0]["reasons"],
            json!(["CHANNEL_CANCELED_AFTER_SHIPMENT"]),
            "{owed:#}"
        );
        let problem = owed[0]["problem"].as_str().expect("a problem");
        assert!(problem.contains("the warehouse packed units of it"), "{problem}");
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
    }
);

on_every_database!(
    packing_at_one_server_and_canceling_at_the_channel_at_another_exclude_each_other,
    |shop| async move {
        let account = Account::open(&shop).await;
        let numbers: Vec<_> = (1..=8)
            .map(|round| format!("303-8888888-000000{round}"))
            .collect();
        for number in &numbers {
            account.amazon.place(SimulatedOrder::unshipped(number));
        }
        account.wait(301).await;
        let other = account.shop.replica().await;
        let (mut packed, mut canceled) = (0, 0);
        for (round, number) in (0_u64..).zip(&numbers) {
            let id = account.shop.import(&[order_of(number, number)]).await.remove(0);
            let pack = async {
                tokio::time::sleep(Duration::from_millis(round % 4)).await;
                code(&other, "startFulfilment", json!({ "order_id": id })).await
            };
            let cancel = async {
                tokio::time::sleep(Duration::from_millis(3 - round % 4)).await;
                let input = json!({ "channel": "amazon", "number": number, "reason": "out_of_stock" });
                code(&account.shop, "cancelChannelOrder", input).await
            };
            match tokio::join!(pack, cancel) {
                (None, Some(refused)) => {
                    assert_eq!(refused, "CONFIRMATION_NEEDED", "round {round}");
                    packed += 1;
                }
                (Some(refused), None) => {
                    assert_eq!(refused, "CANCELLATION_REQUESTED", "round {round}");
                    canceled += 1;
                }
                both => panic!("round {round}: {both:?}"),
            }
        }
        assert_eq!(packed + canceled, numbers.len());
    }
);

/// The id of the order's first item.
async fn item(shop: &TestShop, id: &str) -> Value {
    shop.item_lines(id, &[1]).await[0]["item_id"].clone()
}

/// Sends a mutation; the code of its refusal, and none when it did its work.
async fn code(shop: &TestShop, mutation: &str, input: Value) -> Option<String> {
    let payload = shop.owner_does(mutation, input, "order { __typename }").await;
    let refusal = payload["user_errors"].get(0)?;
    Some(refusal["code"].as_str().unwrap_or_default().to_owned())
}
