//! Cancellations of bundles, configurable products, services, files, gift cards and free orders.

use countermand_tests::refusal::Refusal;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, keeps_every_promise, order, sell};

async fn cancel(shop: &TestShop, customer: &str, id: &str) -> Value {
    let answer = shop.cancel_order(id, "Other").token(customer).send().await;
    let order = answer.order().clone();
    shop.run_jobs().await;
    keeps_every_promise(shop).await;
    order
}

/// Two sets of one case and three cables each. With `priced_parts` the parts have prices of their own.
fn bundle(number: &str, priced_parts: bool, invoiced: i64) -> Value {
    let mut placed = order(number)
        .line("set", 3000, 2, invoiced, 0)
        .of_type("bundle")
        .json();
    let mut part = |id: i64, sku: &str, cents: i64, per_set: i64| {
        let price = if priced_parts { cents } else { 0 };
        let row = json!({
            "item_id": id, "parent_item_id": 1, "sku": sku, "product_type": "simple", "is_virtual": 0,
            "price": price / 100, "row_total": price * per_set * 2 / 100, "qty_ordered": per_set * 2,
            "qty_invoiced": per_set * invoiced, "row_invoiced": price * per_set * invoiced / 100,
        });
        placed["items"].as_array_mut().expect("items").push(row);
    };
    part(2, "case", 1500, 1);
    part(3, "cable", 500, 3);
    placed["items"][0]["is_virtual"] = json!(0);
    placed["is_virtual"] = json!(0);
    placed
}

on_every_database!(a_bundle_is_canceled_with_its_parts, |shop| async move {
    shop.enable_cancellation().await;
    let cases = [
        (true, 0),
        (true, 1),
        (true, 2),
        (false, 0),
        (false, 1),
        (false, 2),
    ];
    let orders: Vec<_> = (1..)
        .zip(cases)
        .map(|(number, (priced, invoiced))| bundle(&number.to_string(), priced, invoiced))
        .collect();
    let ids = shop.import(&orders).await;
    let customer = shop.customer(BUYER).await;
    for (id, (priced, invoiced)) in ids.iter().zip(cases) {
        let canceled = cancel(&shop, &customer, id).await;
        let items = canceled["items"].as_array().expect("items");
        assert_eq!(items.len(), 1, "parts are not listed by themselves");
        assert_eq!(
            items[0]["quantity_canceled"],
            f64::from(2 - i32::try_from(invoiced).expect("small"))
        );
        let status = if invoiced == 2 { "Closed" } else { "Canceled" };
        assert_eq!(
            canceled["status"], status,
            "parts priced: {priced}, sets invoiced: {invoiced}"
        );
        let memos = canceled["credit_memos"].as_array().expect("credit memos");
        let paid_back: Vec<_> = memos
            .iter()
            .map(|memo| memo["total"]["grand_total"]["value"].as_f64())
            .collect();
        let expected = [None, Some(30.0), Some(60.0)][usize::try_from(invoiced).expect("small")];
        assert_eq!(paid_back, expected.map(Some).into_iter().collect::<Vec<_>>());
    }
});

on_every_database!(
    a_configurable_product_is_canceled_with_its_chosen_variant,
    |shop| async move {
        let mut placed = order("1")
            .line("shirt-red", 2000, 2, 1, 0)
            .of_type("configurable")
            .json();
        placed["items"][0]["product_options"] =
            json!({ "attributes_info": [{ "label": "Color", "value": "Red" }] });
        let chosen = json!({
            "item_id": 2, "parent_item_id": 1, "sku": "shirt-red", "name": "Shirt", "product_type": "simple",
            "price": 0, "row_total": 0, "qty_ordered": 2, "qty_invoiced": 1, "qty_canceled": 0
        });
        placed["items"].as_array_mut().expect("items").push(chosen);
        let (customer, id) = sell(&shop, placed).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Canceled");
        assert_eq!(canceled["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(canceled["items"][0]["quantity_canceled"], 1.0);
        assert_eq!(canceled["items"][0]["quantity_refunded"], 1.0);
        assert_eq!(canceled["credit_memos"][0]["total"]["grand_total"]["value"], 20.0);
        assert_eq!(
            canceled["credit_memos"][0]["items"],
            json!([{ "product_sku": "shirt-red", "quantity_refunded": 1.0 }])
        );
    }
);

on_every_database!(
    services_and_files_can_be_canceled_until_they_are_invoiced,
    |shop| async move {
        shop.enable_cancellation().await;
        let kinds = ["virtual", "downloadable"];
        let customer = shop.customer(BUYER).await;
        for (number, kind) in [("1", kinds[0]), ("2", kinds[1])] {
            let placed = order(number).line("a", 1000, 1, 0, 0).of_type(kind).json();
            let id = shop.import(&[placed]).await.remove(0);
            let canceled = cancel(&shop, &customer, &id).await;
            assert_eq!(canceled["status"], "Canceled", "{kind}");
            assert_eq!(canceled["items"][0]["quantity_canceled"], 1.0);
        }
        for (number, kind) in [("3", kinds[0]), ("4", kinds[1])] {
            let placed = order(number).line("a", 1000, 1, 0, 0).of_type(kind).json();
            let id = shop.import(&[placed]).await.remove(0);
            let invoiced = shop.worked("createInvoice", json!({ "order_id": id })).await;
            assert_eq!(invoiced["state"], "complete", "{kind}: nothing is left to do");
            let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
            assert_eq!(answer.refused(Refusal::STATUS)["status"], "Complete", "{kind}");
        }
    }
);

on_every_database!(a_gift_card_that_was_bought_is_refunded, |shop| async move {
    let mut placed = order("1")
        .line("card", 5000, 1, 1, 0)
        .of_type("giftcard")
        .line("a", 1000, 1, 1, 0)
        .json();
    placed["items"][0]["product_option"] = json!({
        "extension_attributes": { "giftcard_item_option": {
            "giftcard_sender_name": "Anna", "giftcard_recipient_name": "Berta", "giftcard_message": "For you"
        } }
    });
    let (customer, id) = sell(&shop, placed).await;
    let query = "{ customer { orders { items { items {
      __typename ... on GiftCardOrderItem { gift_card { recipient_name } }
    } } } } }";
    let answer = shop.ask(query).token(&customer).send().await;
    assert_eq!(
        answer.data("/customer/orders/items/0/items/0"),
        &json!({ "__typename": "GiftCardOrderItem", "gift_card": { "recipient_name": "Berta" } })
    );
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(canceled["status"], "Closed");
    assert_eq!(canceled["credit_memos"][0]["total"]["grand_total"]["value"], 65.0);
});

on_every_database!(
    a_free_order_is_canceled_without_a_credit_memo,
    |shop| async move {
        shop.enable_cancellation().await;
        let free = |number: &str, invoiced| {
            order(number)
                .paid_with("free")
                .line("a", 0, 2, invoiced, 0)
                .json()
        };
        let ids = shop.import(&[free("1", 0), free("2", 2), free("3", 1)]).await;
        let customer = shop.customer(BUYER).await;
        for (id, not_invoiced) in ids.iter().zip([2.0, 0.0, 1.0]) {
            let canceled = cancel(&shop, &customer, id).await;
            assert_eq!(canceled["status"], "Canceled");
            assert_eq!(canceled["credit_memos"], json!([]));
            let item = &canceled["items"][0];
            assert_eq!(
                item["quantity_refunded"], 0.0,
                "nothing goes back without a document"
            );
            assert_eq!(item["quantity_canceled"], not_invoiced);
        }
        let told = shop.order(&ids[1]).await;
        let texts: Vec<_> = told["comments"]
            .as_array()
            .expect("comments")
            .iter()
            .map(|it| &it["message"])
            .collect();
        assert_eq!(
            texts,
            ["Order cancellation notification email was sent.", "Other"]
        );
    }
);

on_every_database!(an_order_of_many_items_is_canceled_as_a_whole, |shop| async move {
    let many = (1..=300).fold(order("1"), |order, row| {
        order.line(&format!("sku-{row}"), 100 + row, 1, i64::from(row % 2 == 0), 0)
    });
    let (customer, id) = sell(&shop, many.json()).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(canceled["status"], "Canceled");
    let items = canceled["items"].as_array().expect("items");
    assert_eq!(items.len(), 300);
    assert!(
        items
            .iter()
            .all(|item| item["status"] == "Canceled" || item["status"] == "Refunded")
    );
    assert_eq!(
        canceled["credit_memos"][0]["items"].as_array().map(Vec::len),
        Some(150)
    );
});
