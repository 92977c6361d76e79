//! The shop gives money back later, alone, or without an invoice.

use countermand_tests::on_every_database;
use serde_json::json;

use super::{shown, sold, units};

on_every_database!(
    shipping_that_was_not_refunded_can_be_refunded_later,
    |shop| async move {
        let Some(id) = sold(&shop, "b1-shipping-left-in-closed-order").await else {
            return;
        };
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        let all = units(&shop, &id, 1).await;
        let items = json!({ "order_id": id, "items": all, "refund_shipping": false });
        let order = shop.worked("createCreditMemo", items).await;
        assert_eq!(order["state"], "complete", "149.00 can be refunded");
        shop.worked("createCreditMemo", json!({ "order_id": id })).await;

        let order = shown(&shop, &id).await;
        assert_eq!(order["state"], "closed");
        for (memo, [money, tax]) in [[100.0, 15.97], [149.0, 23.79]].into_iter().enumerate() {
            let total = &order["credit_memos"][memo]["total"];
            assert_eq!(total["grand_total"]["value"], money);
            assert_eq!(total["total_tax"]["value"], tax);
        }
    }
);

on_every_database!(
    a_fee_that_was_kept_at_a_refund_is_given_back_later,
    |shop| async move {
        let Some(id) = sold(&shop, "b2-kept-fee-cannot-be-returned").await else {
            return;
        };
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        for (memo, (adjustment, money)) in [(-1, 59.0), (1, 1.0)].into_iter().enumerate() {
            let asked = json!({ "order_id": id, "adjustment": adjustment });
            let order = shop.worked("createCreditMemo", asked).await;
            let total = &order["order"]["credit_memos"][memo]["total"];
            assert_eq!(total["grand_total"]["value"], money);
        }
    }
);

on_every_database!(
    goodwill_for_a_scratch_is_refunded_without_any_item,
    |shop| async move {
        shop.enable_cancellation().await;
        let Some(id) = sold(&shop, "b3-amount-only-refund").await else {
            return;
        };
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        let none = units(&shop, &id, 0).await;
        let goodwill = json!({ "order_id": id, "items": none, "refund_shipping": false, "adjustment": 3 });
        shop.worked("createCreditMemo", goodwill).await;

        let order = shown(&shop, &id).await;
        let memo = &order["credit_memos"][0];
        assert_eq!(memo["total"]["grand_total"]["value"], 3.0);
        assert_eq!(memo["items"], json!([]));
        assert_eq!(
            order["cancellation_terms"]["refund_total"]["value"], 26.0,
            "what is left"
        );
    }
);

on_every_database!(
    money_that_was_paid_without_an_invoice_comes_back_with_the_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        let Some(id) = sold(&shop, "e5-paid-without-invoice").await else {
            return;
        };
        let key = shop.mailed_key(&id, "Other").await;
        let answer = shop.confirm_cancel(&id, &key).send().await;
        let order = answer.order();
        assert_eq!(order["status"], "Canceled");
        assert_eq!(order["credit_memos"][0]["total"]["grand_total"]["value"], 10.0);
        assert_eq!(order["credit_memos"].as_array().map(Vec::len), Some(1));
        shop.run_jobs().await;
    }
);
