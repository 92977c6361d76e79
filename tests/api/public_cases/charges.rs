//! Charges beside items and shipping, and the base currency: all of it comes back to the minor unit.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{shown, sold, units};

/// The charges in the total of an order, and the base amounts of its documents.
async fn amounts(shop: &TestShop, id: &str) -> Value {
    let query = "query($id: ID!) {
        order(id: $id) { order {
          total { subtotal_excl_tax { value } other_charges { code label amount { value } } base_grand_total { value } }
          invoices { total { other_charges { code amount { value } } base_grand_total { value } } }
          credit_memos { total { other_charges { code amount { value } } base_grand_total { value } } }
        } }
      }";
    let asked = shop.ask(query).variables(json!({ "id": id }));
    asked
        .token(shop.owner())
        .send()
        .await
        .data("/order/order")
        .clone()
}

/// The paid order is canceled by its guest, and `money` comes back.
async fn comes_back(shop: &TestShop, id: &str, money: f64) {
    shop.worked("createInvoice", json!({ "order_id": id })).await;
    let key = shop.mailed_key(id, "Other").await;
    let answer = shop.confirm_cancel(id, &key).send().await;
    let memos = &answer.order()["credit_memos"];
    assert_eq!(memos[0]["total"]["grand_total"]["value"], money);
    assert_eq!(memos.as_array().map(Vec::len), Some(1));
    shop.run_jobs().await;
}

on_every_database!(a_fixed_product_tax_enters_and_comes_back, |shop| async move {
    shop.enable_cancellation().await;
    let Some(id) = sold(&shop, "c1-fixed-product-tax").await else {
        return;
    };
    let total = &amounts(&shop, &id).await["total"];
    assert_eq!(total["subtotal_excl_tax"]["value"], 500.0);
    let tax = json!([{ "code": "weee_tax_applied_row_amount", "label": "Fixed product tax", "amount": { "value": 250.0 } }]);
    assert_eq!(total["other_charges"], tax);
    comes_back(&shop, &id, 750.0).await;
});

on_every_database!(a_unit_goes_back_with_its_fixed_product_tax, |shop| async move {
    let Some(id) = sold(&shop, "c1-fixed-product-tax").await else {
        return;
    };
    shop.worked("createInvoice", json!({ "order_id": id })).await;
    let one = units(&shop, &id, 1).await;
    for _ in 0..5 {
        shop.worked("createCreditMemo", json!({ "order_id": id, "items": one }))
            .await;
    }
    let order = shown(&shop, &id).await;
    assert_eq!(order["state"], "closed");
    for memo in 0..5 {
        assert_eq!(
            order["credit_memos"][memo]["total"]["grand_total"]["value"],
            150.0
        );
    }
});

on_every_database!(a_payment_surcharge_enters_and_comes_back, |shop| async move {
    shop.enable_cancellation().await;
    let Some(id) = sold(&shop, "c3-payment-surcharge").await else {
        return;
    };
    comes_back(&shop, &id, 103.0).await;
    let amounts = amounts(&shop, &id).await;
    let fee = json!([{ "code": "mollie_payment_fee", "label": "Payment fee", "amount": { "value": 3.0 } }]);
    assert_eq!(amounts["total"]["other_charges"], fee);
    let fee = json!([{ "code": "mollie_payment_fee", "amount": { "value": 3.0 } }]);
    assert_eq!(amounts["invoices"][0]["total"]["other_charges"], fee);
    assert_eq!(amounts["credit_memos"][0]["total"]["other_charges"], fee);
});

on_every_database!(
    a_charge_for_cash_on_delivery_enters_and_is_canceled,
    |shop| async move {
        let Some(id) = sold(&shop, "c4-real-cod-charge").await else {
            return;
        };
        let asked = json!({ "order_id": id, "reason": "Other", "override_switch": true });
        let order = shop.worked("cancelOrderAsAdmin", asked).await;
        assert_eq!(order["state"], "canceled");
        assert_eq!(order["order"]["credit_memos"], json!([]));
        let charges = &amounts(&shop, &id).await["total"]["other_charges"];
        assert_eq!(
            charges[0]["label"],
            "Cash On Delivery (Cash On Delivery Charges: $5)"
        );
        assert_eq!(charges[0]["amount"]["value"], 5.33);
        shop.run_jobs().await;
    }
);

on_every_database!(credit_memos_add_up_in_the_base_currency, |shop| async move {
    let Some(id) = sold(&shop, "g1-base-totals-drift").await else {
        return;
    };
    shop.worked("createInvoice", json!({ "order_id": id })).await;
    let one = units(&shop, &id, 1).await;
    for _ in 0..3 {
        shop.worked("createCreditMemo", json!({ "order_id": id, "items": one }))
            .await;
    }
    let amounts = amounts(&shop, &id).await;
    let base = |document: &Value| document["total"]["base_grand_total"]["value"].clone();
    assert_eq!(base(&amounts), 33.33);
    assert_eq!(base(&amounts["invoices"][0]), 33.33);
    let memos = [0, 1, 2].map(|memo| base(&amounts["credit_memos"][memo]));
    assert_eq!(memos, [11.12, 11.11, 11.1].map(|it| json!(it)));
});

on_every_database!(invoices_add_up_in_the_base_currency, |shop| async move {
    let Some(id) = sold(&shop, "g1-base-totals-drift").await else {
        return;
    };
    for quantity in [1, 2] {
        let some = units(&shop, &id, quantity).await;
        shop.worked("createInvoice", json!({ "order_id": id, "items": some }))
            .await;
    }
    let amounts = amounts(&shop, &id).await;
    let base = |invoice: usize| amounts["invoices"][invoice]["total"]["base_grand_total"]["value"].as_f64();
    assert_eq!((base(0), base(1)), (Some(11.12), Some(22.21)));
});
