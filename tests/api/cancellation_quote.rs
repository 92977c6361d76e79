//! A buyer or staff looks at what canceling brings before it happens, and gets exactly that.

mod guests_and_staff;

use chrono::TimeDelta;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const QUOTE: &str = "quote { id action expires_at order_version \
    items { product_sku quantity_canceled quantity_refunded price { value } tax { value } discount { value } \
    refund { value } canceled { value } shipping_refund { value } fee { value } } shipping_refund { value } shipping_canceled { value } \
    other_charges_refund { value } fee { value } refund_total { value } credits { value } canceled_total { value } \
    tenders { tender payment_method amount { value } } } \
    user_errors { code message field }";

/// Ten dollars a unit of `tea`, seven a unit of `cup`, and five dollars of shipping for each unit.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number)
        .by(BUYER)
        .line("tea", 1000, 3, 3, 0)
        .line("cup", 700, 2, 2, 0)
}

/// A shop that lets buyers cancel with a fee of a tenth, with one order. Gives Anna's token and the id.
async fn sell(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    set(shop, "fee", "10%").await;
    let customer = shop.customer(BUYER).await;
    let ids = shop.import(&[order("1").json()]).await;
    (customer, ids[0].clone())
}

async fn set(shop: &TestShop, key: &str, value: &str) {
    let values = json!([{ "key": format!("sales/cancellation/{key}"), "value": value }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

async fn preview(shop: &TestShop, token: &str, input: Value) -> Value {
    let document = format!(
        "mutation($input: PreviewCancellationInput!) {{ previewCancellation(input: $input) {{ {QUOTE} }} }}"
    );
    let asked = shop.ask(&document).variables(json!({ "input": input }));
    let asked = if token.is_empty() {
        asked
    } else {
        asked.token(token)
    };
    asked.send().await.data("/previewCancellation").clone()
}

async fn items(shop: &TestShop, id: &str, quantities: &[i64]) -> Value {
    let order = shop.order(id).await;
    let all = order["order"]["items"].as_array().expect("items").iter();
    let lines = all.zip(quantities).filter(|(_, quantity)| **quantity > 0);
    lines
        .map(|(item, quantity)| json!({ "item_id": item["id"], "quantity": quantity }))
        .collect()
}

/// What `cancelOrder` answers to an acceptance of `quote` for these items.
async fn accept(shop: &TestShop, anna: &str, id: &str, items: &Value, quote: &Value) -> Value {
    let input = json!({ "order_id": id, "reason": "Other", "items": items, "quote_id": quote });
    let asked = shop
        .cancellation("cancelOrder", "CancelOrderInput", &input)
        .token(anna);
    asked.send().await.data("/cancelOrder").clone()
}

/// The share of each item of a quote in the whole of `field`.
fn shares(quote: &Value, field: &str) -> Vec<f64> {
    let items = quote["items"].as_array().expect("items").iter();
    let share = |item: &Value| item[field]["value"].as_f64().expect("an amount");
    items.map(share).collect()
}

const STALE: &str = "QUOTE_STALE: The quote is stale, ask for a new one.";

on_every_database!(a_quote_says_to_the_cent_what_canceling_does, |shop| async move {
    let (anna, id) = sell(&shop).await;
    let part = items(&shop, &id, &[2, 1]).await;
    let quoted = preview(&shop, &anna, json!({ "order_id": id, "items": part })).await;
    assert_eq!(quoted["user_errors"], json!([]));
    let quote = &quoted["quote"];
    assert_eq!(quote["action"], "CANCEL");
    let end = (shop.now() + TimeDelta::minutes(15))
        .format("%Y-%m-%d %H:%M:%S")
        .to_string();
    assert_eq!(quote["expires_at"], json!(end));
    let sums = [
        &quote["refund_total"],
        &quote["fee"],
        &quote["shipping_refund"],
        &quote["canceled_total"],
    ];
    assert_eq!(
        sums.map(|it| it["value"].as_f64()),
        [24.3, 2.7, 0.0, 0.0].map(Some)
    );
    let skus = [&quote["items"][0], &quote["items"][1]]
        .map(|it| (it["product_sku"].clone(), it["refund"]["value"].clone()));
    assert_eq!(skus, [(json!("tea"), json!(20.0)), (json!("cup"), json!(7.0))]);
    assert_eq!(shares(quote, "fee"), [2.0, 0.7]);

    let whole = preview(&shop, &anna, json!({ "order_id": id })).await["quote"].clone();
    assert_eq!(whole["shipping_refund"]["value"], 25.0);
    // Of 44.00, 30.00 and 14.00 come back for the items: 17.05 and 7.95 of the shipping, 4.70 and 2.20 of the fee.
    assert_eq!(shares(&whole, "shipping_refund"), [17.05, 7.95]);
    assert_eq!(whole["fee"]["value"], 6.9);
    assert_eq!(shares(&whole, "fee"), [4.7, 2.2]);

    let done = accept(&shop, &anna, &id, &part, &quote["id"]).await;
    assert_eq!(done["errorV2"], Value::Null);
    assert_eq!(
        done["order"]["credit_memos"][0]["total"]["grand_total"]["value"],
        24.3
    );
    let again = accept(&shop, &anna, &id, &items(&shop, &id, &[1, 1]).await, &quote["id"]).await;
    assert_eq!(
        again["errorV2"]["message"], STALE,
        "the order has another version"
    );
    shop.leave_jobs();
});

on_every_database!(
    a_quote_is_stale_when_it_is_old_or_the_outcome_is_another_one,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let [one, two] = [items(&shop, &id, &[1, 0]).await, items(&shop, &id, &[2, 0]).await];
        let of_one = json!({ "order_id": id, "items": one });
        let quote = preview(&shop, &anna, of_one.clone()).await["quote"]["id"].clone();
        let other = accept(&shop, &anna, &id, &two, &quote).await;
        assert_eq!(other["errorV2"], json!({ "code": "UNDEFINED", "message": STALE }));
        for unknown in ["01890000-0000-7000-8000-000000000000", "x"] {
            let answer = accept(&shop, &anna, &id, &one, &json!(unknown)).await;
            assert_eq!(answer["errorV2"]["message"], STALE, "{unknown}");
        }
        set(&shop, "fee", "20%").await;
        let dearer = accept(&shop, &anna, &id, &one, &quote).await;
        assert_eq!(
            dearer["errorV2"]["message"], STALE,
            "the fee is higher than quoted"
        );
        set(&shop, "fee", "10%").await;
        shop.wait(TimeDelta::minutes(15));
        let late = accept(&shop, &anna, &id, &one, &quote).await;
        assert_eq!(late["errorV2"]["message"], STALE);
        let fresh = preview(&shop, &anna, of_one).await["quote"]["id"].clone();
        assert_eq!(
            accept(&shop, &anna, &id, &one, &fresh).await["errorV2"],
            Value::Null
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    guests_and_staff_get_quotes_and_strangers_get_none,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let guest = OrderJson::new("2")
            .by_guest("gus@example.com")
            .line("tea", 1000, 1, 1, 0);
        let ids = shop.import(&[guest.json()]).await;
        let token = shop.order_token(&ids[0]).await;
        let quoted = preview(&shop, "", json!({ "token": token })).await;
        assert_eq!(quoted["quote"]["refund_total"]["value"], 13.5, "{quoted}");
        let quoted = preview(&shop, shop.owner(), json!({ "order_id": ids[0] })).await;
        assert_eq!(
            quoted["quote"]["refund_total"]["value"], 15.0,
            "staff pays no fee"
        );
        let foreign = preview(&shop, &anna, json!({ "order_id": ids[0] })).await;
        assert_eq!(foreign["user_errors"][0]["code"], "UNAUTHORIZED");
        assert_eq!(foreign["quote"], Value::Null);
        for input in [json!({ "order_id": "MTIz" }), json!({})] {
            let answer = preview(&shop, &anna, input).await;
            assert_eq!(answer["user_errors"][0]["code"], "NOT_FOUND");
        }
        let too_many = json!([{ "item_id": items(&shop, &id, &[1, 0]).await[0]["item_id"], "quantity": 9 }]);
        let refused = preview(&shop, &anna, json!({ "order_id": id, "items": too_many })).await;
        assert_eq!(refused["user_errors"][0]["field"], "items");
        let at_fault = json!({ "order_id": id, "reason": "too_slow" });
        let quoted = preview(&shop, &anna, at_fault).await;
        assert_eq!(quoted["quote"]["fee"]["value"], 0.0);
    }
);

on_every_database!(a_quote_names_what_comes_back_by_each_tender, |shop| async move {
    let (anna, _) = sell(&shop).await;
    let mut with_card = OrderJson::new("3").by(BUYER).line("tea", 1000, 2, 2, 0).json();
    with_card["gift_cards_amount"] = json!(10);
    for total in ["grand_total", "base_grand_total", "total_invoiced", "total_paid"] {
        with_card[total] = json!(20);
    }
    let id = shop.import(&[with_card]).await.remove(0);
    let quoted = preview(&shop, &anna, json!({ "order_id": id, "reason": "Other" })).await;
    let money = json!({
        "tender": "PAYMENT_METHOD", "payment_method": "A method", "amount": { "value": 18.0 }
    });
    let card = json!({ "tender": "CREDIT", "payment_method": null, "amount": { "value": 10.0 } });
    assert_eq!(quoted["quote"]["tenders"], json!([money, card]));

    let accepted = json!({ "order_id": id, "reason": "Other", "quote_id": quoted["quote"]["id"] });
    let asked = shop.cancellation("cancelOrder", "CancelOrderInput", &accepted);
    asked.token(&anna).send().await.works();
    shop.run_jobs().await;
    let mails = shop.mail().mails();
    for told in [
        "You will be refunded $18.00.",
        "You get back $10.00 of gift cards and store credit.",
    ] {
        assert!(mails.iter().any(|mail| mail.contains(told)), "{mails:?}");
    }

    let unpaid = OrderJson::new("4").by(BUYER).line("tea", 1000, 1, 0, 0);
    let id = shop.import(&[unpaid.json()]).await.remove(0);
    let quoted = preview(&shop, &anna, json!({ "order_id": id })).await;
    assert_eq!(quoted["quote"]["tenders"], json!([]), "nothing comes back");
});
