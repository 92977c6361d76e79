//! An order that is paid by a card and a gift card: each gets its part back, at the provider and by an event.

use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{attention, cancel, connected, refunds, work};

const BY_KEEPER: &str = "the keeper of the balance was told: settle the refund when the balance has it";

/// Two items of 10.00 with 5.00 of shipping each, of which a card pays 20.00 with `tx-<number>`, and a gift card 10.00.
fn by_two(number: &str) -> Value {
    let order = OrderJson::new(number).paid_with("stripe_payments");
    let mut order = order.line("A", 1000, 1, 1, 0).line("B", 1000, 1, 1, 0).json();
    order["extension_attributes"]["tenders"] = json!([
        { "method": "stripe_payments", "title": "Card", "amount_paid": 20, "last_trans_id": format!("tx-{number}") },
        { "method": "giftcard", "kind": "GIFT_CARD", "title": "Gift card", "amount_paid": 10,
          "last_trans_id": format!("GC-{number}") },
    ]);
    order
}

async fn set(shop: &TestShop, key: &str, value: &str) {
    let values = json!([{ "key": key, "value": value }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// Cancels the first item of the order.
async fn cancel_first(shop: &TestShop, id: &str) {
    let items = shop.item_lines(id, &[1, 0]).await;
    let input = json!({ "order_id": id, "reason": "Other", "items": items });
    shop.worked("cancelOrderAsAdmin", input).await;
    shop.leave_jobs();
}

/// The refunds of an order as its buyer sees them: kind and title of the tender, amount and state.
async fn buyer_sees(shop: &TestShop, id: &str) -> Vec<Value> {
    let query = "query($id: ID!) { order(id: $id) { order { refunds {
      tender { kind title } amount { value } state } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let answer = asked.send().await;
    let refunds = answer.data("/order/order/refunds").as_array().cloned();
    let refund = |it: Value| {
        json!([
            it["tender"]["kind"],
            it["tender"]["title"],
            it["amount"]["value"],
            it["state"]
        ])
    };
    refunds.unwrap_or_default().into_iter().map(refund).collect()
}

on_every_database!(
    a_canceled_order_is_paid_back_to_the_card_and_told_to_the_keeper_of_the_gift_card,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let receiver = WebhookReceiver::start().await;
        let input = json!({ "address": receiver.address, "event_kinds": ["order.credit_due"] });
        let made = shop.owner_does("createWebhookEndpoint", input, "secret").await;
        assert_eq!(made["user_errors"], json!([]), "{made}");
        let id = shop.import(&[by_two("1")]).await.remove(0);
        provider.paid("tx-1", 2000).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        assert_eq!(provider.paid_back("tx-1").await, 2000);
        assert_eq!(
            buyer_sees(&shop, &id).await,
            [
                json!(["PROVIDER", "Card", 20.0, "REFUNDED"]),
                json!(["GIFT_CARD", "Gift card", 10.0, "ON_ITS_WAY"]),
            ]
        );
        assert_eq!(
            attention(&shop).await,
            [(json!(["REFUND_BY_HAND"]), BY_KEEPER.to_owned())]
        );
        let open = refunds(&shop, "OPEN").await;
        let told = receiver.received();
        assert_eq!(told.len(), 1);
        let due = &told[0].json()["data"];
        assert_eq!(
            [
                &due["refund_id"],
                &due["tender"],
                &due["kind"],
                &due["amount"],
                &due["reference"]
            ],
            [
                &open[0]["id"],
                &json!(2),
                &json!("gift_card"),
                &json!({ "amount": 1000, "currency": "USD" }),
                &json!("GC-1"),
            ]
        );
        let input = json!({ "id": due["refund_id"], "note": "credited", "reference": "GC-1-back" });
        let settled = shop
            .owner_does("settleObligation", input, "obligation { state }")
            .await;
        assert_eq!(settled["obligation"]["state"], "SETTLED");
        let refunds = buyer_sees(&shop, &id).await;
        assert_eq!(refunds[1], json!(["GIFT_CARD", "Gift card", 10.0, "REFUNDED"]));
        // The keeper is told once, and the worker has nothing left to do.
        assert_eq!(work(&shop).await, []);
        assert_eq!(receiver.received().len(), 1);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    an_item_is_paid_back_by_the_tenders_in_the_order_that_the_setting_chooses,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        for (number, order, card, gift_card) in [
            ("1", "LAST_CAPTURED_FIRST", 0, 10.0),
            ("2", "IN_PROPORTION", 667, 3.33),
        ] {
            set(&shop, "payment/refund_order", order).await;
            let reference = format!("tx-{number}");
            let id = shop.import(&[by_two(number)]).await.remove(0);
            provider.paid(&reference, 2000).await;
            cancel_first(&shop, &id).await;
            work(&shop).await;
            assert_eq!(provider.paid_back(&reference).await, card, "{order}");
            let sees = buyer_sees(&shop, &id).await;
            let on_its_way = json!(["GIFT_CARD", "Gift card", gift_card, "ON_ITS_WAY"]);
            assert!(sees.contains(&on_its_way), "{order}: {sees:?}");
            // The rest is what is left of each.
            cancel(&shop, &id).await;
            work(&shop).await;
            assert_eq!(provider.paid_back(&reference).await, 2000, "{order}");
            let whole = json!(["GIFT_CARD", "Gift card", 10.0, "ON_ITS_WAY"]);
            assert!(buyer_sees(&shop, &id).await.contains(&whole), "{order}");
        }
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_keeper_that_speaks_the_payment_protocol_gets_the_refund_of_its_tender,
    |shop| async move {
        let (Some(provider), Some(keeper)) = (connected(&shop).await, PaymentServer::start().await) else {
            return;
        };
        let input = json!({ "name": "cards", "adapter": "HTTP", "address": keeper.address, "secret": KEY });
        let done = shop.owner_does("connectPaymentProvider", input, "").await;
        assert_eq!(done["user_errors"], json!([]));
        set(&shop, "payment/providers", "giftcard = cards; * = main").await;
        let id = shop.import(&[by_two("1")]).await.remove(0);
        provider.paid("tx-1", 2000).await;
        keeper.paid("GC-1", 1000).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        assert_eq!(provider.paid_back("tx-1").await, 2000);
        assert_eq!(keeper.paid_back("GC-1").await, 1000);
        assert_eq!(attention(&shop).await, []);
        assert_eq!(
            buyer_sees(&shop, &id).await,
            [
                json!(["PROVIDER", "Card", 20.0, "REFUNDED"]),
                json!(["GIFT_CARD", "Gift card", 10.0, "REFUNDED"]),
            ]
        );
    }
);

on_every_database!(a_quote_and_the_order_name_each_tender, |shop| async move {
    shop.enable_cancellation().await;
    let id = shop.import(&[by_two("1")]).await.remove(0);
    let document = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) {
      quote { tenders { tender payment_method amount { value } } } } }";
    let input = json!({ "order_id": id, "reason": "Other" });
    let asked = shop.ask(document).variables(json!({ "input": input }));
    let answer = asked.token(shop.owner()).send().await;
    assert_eq!(
        answer.data("/previewCancellation/quote/tenders"),
        &json!([
            { "tender": "PAYMENT_METHOD", "payment_method": "Card", "amount": { "value": 20.0 } },
            { "tender": "PAYMENT_METHOD", "payment_method": "Gift card", "amount": { "value": 10.0 } },
        ])
    );
    let query = "query($id: ID!) { order(id: $id) { order { payment_methods { name type } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    assert_eq!(
        asked.send().await.data("/order/order/payment_methods"),
        &json!([{ "name": "Card", "type": "stripe_payments" }, { "name": "Gift card", "type": "giftcard" }])
    );
});
