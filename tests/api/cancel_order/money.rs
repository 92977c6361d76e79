//! The money that a cancellation refunds, to the cent.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, keeps_every_promise, order, sell};

/// Three units at 3.33 with 19 % tax, a discount of a dollar, and shipping with tax, so that no amount divides evenly.
fn odd_cents(number: &str) -> Value {
    let mut order = order(number).line("a", 333, 3, 0, 0).json();
    order["items"][0]["row_total"] = json!(9.99);
    order["items"][0]["tax_amount"] = json!(1.90);
    order["items"][0]["discount_amount"] = json!(-1.00);
    order["shipping_amount"] = json!(4.95);
    order["shipping_tax_amount"] = json!(0.94);
    order["tax_amount"] = json!(2.84);
    order["discount_amount"] = json!(-1.00);
    order["grand_total"] = json!(16.78);
    order["base_grand_total"] = json!(16.78);
    order
}

fn cents(value: &Value) -> i64 {
    let text = format!("{:.2}", value["value"].as_f64().expect("an amount"));
    text.replace('.', "").parse().expect("cents")
}

/// The money that each credit memo pays back, in cents.
fn paid_back(order: &Value) -> Vec<i64> {
    let memos = order["credit_memos"].as_array().expect("credit memos").iter();
    memos.map(|memo| cents(&memo["total"]["grand_total"])).collect()
}

async fn invoice(shop: &TestShop, id: &str, quantities: &[i64]) -> Value {
    shop.worked(
        "createInvoice",
        json!({ "order_id": id, "items": shop.item_lines(id, quantities).await }),
    )
    .await
}

async fn credit(shop: &TestShop, id: &str, quantities: &[i64], more: Value) -> Value {
    let mut input = json!({ "order_id": id, "items": shop.item_lines(id, quantities).await });
    for (field, value) in more.as_object().expect("fields") {
        input[field] = value.clone();
    }
    shop.worked("createCreditMemo", input).await
}

async fn cancel(shop: &TestShop, customer: &str, id: &str) -> Value {
    let answer = shop.cancel_order(id, "Other").token(customer).send().await;
    let order = answer.order().clone();
    shop.run_jobs().await;
    keeps_every_promise(shop).await;
    order
}

/// The texts of the history, oldest first, without the two that every cancellation adds last.
async fn refunds_told(shop: &TestShop, id: &str) -> Vec<String> {
    let order = shop.order(id).await;
    let comments = order["comments"].as_array().expect("comments").iter();
    let mut texts: Vec<_> = comments
        .map(|it| it["message"].as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(
        texts.split_off(texts.len() - 2),
        ["Order cancellation notification email was sent.", "Other"]
    );
    texts
}

on_every_database!(
    tax_discount_and_shipping_are_refunded_with_the_items,
    |shop| async move {
        let (customer, id) = sell(&shop, odd_cents("1")).await;
        invoice(&shop, &id, &[3]).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Closed");
        let total = &canceled["credit_memos"][0]["total"];
        assert_eq!(cents(&total["subtotal"]), 999);
        assert_eq!(cents(&total["total_tax"]), 284);
        assert_eq!(cents(&total["discounts"][0]["amount"]), 100);
        assert_eq!(cents(&total["total_shipping"]), 495);
        assert_eq!(cents(&total["grand_total"]), 1678);
        assert_eq!(cents(&total["adjustment"]), 0);
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund $16.78."]);
    }
);

on_every_database!(
    the_invoiced_part_is_refunded_and_the_rest_is_canceled,
    |shop| async move {
        let (customer, id) = sell(&shop, odd_cents("1")).await;
        let invoiced = invoice(&shop, &id, &[1]).await;
        // One unit of three (3.33 + 0.63 - 0.33) and all the shipping with its tax.
        assert_eq!(
            cents(&invoiced["order"]["invoices"][0]["total"]["grand_total"]),
            952
        );
        let terms = shop.my_order(&customer, "1").await["cancellation_terms"].clone();
        assert_eq!(cents(&terms["refund_total"]), 952);
        assert_eq!(terms["items"][0]["quantity_open"], 3.0);

        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Canceled");
        assert_eq!(paid_back(&canceled), [952]);
        let item = &canceled["items"][0];
        assert_eq!(
            (&item["quantity_canceled"], &item["quantity_refunded"]),
            (&json!(2.0), &json!(1.0))
        );
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund $9.52."]);
    }
);

on_every_database!(
    only_the_invoiced_one_of_two_products_is_refunded,
    |shop| async move {
        let two = order("1").line("a", 1000, 1, 1, 0).line("b", 1000, 1, 0, 0);
        let (customer, id) = sell(&shop, two.json()).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Canceled");
        assert_eq!(paid_back(&canceled), [2000]);
        assert_eq!(canceled["items"][0]["status"], "Refunded");
        assert_eq!(canceled["items"][1]["status"], "Canceled");
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund $20.00."]);
    }
);

on_every_database!(
    an_amount_that_was_refunded_before_is_not_refunded_again,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 3, 3, 0).json()).await;
        credit(&shop, &id, &[1], json!({})).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Closed");
        // The first credit memo refunded all the shipping.
        assert_eq!(paid_back(&canceled), [2500, 2000]);
        assert_eq!(canceled["items"][0]["quantity_refunded"], 3.0);
        assert_eq!(
            refunds_told(&shop, &id).await,
            ["We will refund $25.00.", "We will refund $20.00."]
        );
    }
);

on_every_database!(
    shipping_that_an_earlier_credit_memo_kept_is_refunded,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 3, 3, 0).json()).await;
        credit(&shop, &id, &[2], json!({ "refund_shipping": false })).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(paid_back(&canceled), [2000, 2500]);
        assert_eq!(
            cents(&canceled["credit_memos"][1]["total"]["total_shipping"]),
            1500
        );
    }
);

on_every_database!(
    everything_paid_is_refunded_for_every_split_into_credit_memos,
    |shop| async move {
        shop.enable_cancellation().await;
        let orders: Vec<_> = (1..=3).map(|number| odd_cents(&number.to_string())).collect();
        let ids = shop.import(&orders).await;
        let customer = shop.customer(BUYER).await;
        let splits: [&[i64]; 3] = [&[1, 1], &[2], &[1]];
        for (id, split) in ids.iter().zip(splits) {
            shop.worked("createInvoice", json!({ "order_id": id })).await;
            for quantity in split {
                credit(&shop, id, &[*quantity], json!({})).await;
            }
            let canceled = cancel(&shop, &customer, id).await;
            assert_eq!(paid_back(&canceled).iter().sum::<i64>(), 1678, "{split:?}");
            assert_eq!(canceled["status"], "Closed");
        }
    }
);

on_every_database!(two_invoices_are_refunded_by_one_credit_memo, |shop| async move {
    let (customer, id) = sell(&shop, odd_cents("1")).await;
    invoice(&shop, &id, &[1]).await;
    invoice(&shop, &id, &[2]).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(canceled["status"], "Closed");
    assert_eq!(paid_back(&canceled), [1678]);
});

on_every_database!(the_refund_is_reduced_by_earlier_goodwill, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 3, 3, 0).json()).await;
    let more = json!({ "refund_shipping": false, "adjustment": 2.0 });
    credit(&shop, &id, &[1], more).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(paid_back(&canceled), [1200, 3300]);
    assert_eq!(cents(&canceled["credit_memos"][1]["total"]["adjustment"]), -200);
});

on_every_database!(a_fee_that_staff_kept_is_not_refunded, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 3, 3, 0).json()).await;
    let more = json!({ "refund_shipping": false, "adjustment": -2.5 });
    credit(&shop, &id, &[1], more).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(paid_back(&canceled), [750, 3500]);
    assert_eq!(canceled["status"], "Closed");
});

on_every_database!(
    the_part_paid_with_a_gift_card_is_not_refunded_in_money,
    |shop| async move {
        let mut with_card = order("1").line("a", 1000, 2, 2, 0).json();
        with_card["gift_cards_amount"] = json!(10);
        for total in ["grand_total", "base_grand_total", "total_invoiced", "total_paid"] {
            with_card[total] = json!(20);
        }
        let (customer, id) = sell(&shop, with_card).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Closed");
        assert_eq!(
            paid_back(&canceled),
            [2000],
            "money for money; the card's part is no money"
        );
        let credit = "$10.00 of gift cards and store credit are to be given back.";
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund $20.00.", credit]);
        shop.run_jobs().await;
        let mails = shop.mail().mails();
        let told = "You get back $10.00 of gift cards and store credit.";
        assert!(mails.iter().any(|mail| mail.contains(told)), "{mails:?}");
    }
);

on_every_database!(
    the_history_shows_amounts_in_the_base_currency,
    |shop| async move {
        let abroad = OrderJson::new("1").by(BUYER).line("a", 1000, 1, 1, 0);
        let abroad = abroad
            .with("order_currency_code", json!("EUR"))
            .with("base_grand_total", json!(18.00));
        let (customer, id) = sell(&shop, abroad.json()).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(
            canceled["total"]["grand_total"],
            json!({ "value": 15.0, "currency": "EUR" })
        );
        assert_eq!(paid_back(&canceled), [1500]);
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund $18.00."]);
    }
);

on_every_database!(
    the_history_shows_a_currency_without_cents_without_cents,
    |shop| async move {
        let mut yen = order("1").line("a", 1000, 1, 1, 0).json();
        for code in ["order_currency_code", "base_currency_code"] {
            yen[code] = json!("JPY");
        }
        let (customer, id) = sell(&shop, yen).await;
        cancel(&shop, &customer, &id).await;
        assert_eq!(refunds_told(&shop, &id).await, ["We will refund ¥15."]);
    }
);
