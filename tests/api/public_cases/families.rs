//! Adobe leaves the quantities of the parts of configurable products and bundles at zero, or beyond what was ordered.

use countermand_tests::refusal::Refusal;
use countermand_tests::{TestShop, on_every_database};
use serde_json::json;

use super::{shown, sold, units};

on_every_database!(
    a_refund_of_one_of_two_shipped_units_leaves_the_order_complete,
    |shop| async move {
        if refund_one_of_two_shipped(&shop, "a1-configurable-complete-reopened").await {
            let id = shop.order_id("900002001", 1).await;
            let (code, _) = shop.refused("createShipment", json!({ "order_id": id })).await;
            assert_eq!(code, "INVALID_ORDER_STATUS", "nothing can be shipped again");
        }
    }
);

on_every_database!(
    a_refund_of_one_of_two_shipped_bundles_leaves_the_order_complete,
    |shop| async move {
        refund_one_of_two_shipped(&shop, "a2-bundle-together-complete-reopened").await;
    }
);

/// Refunds one of the two shipped units of a case, for 10.00, and checks that the order stays complete; false when the
/// cases are not tried.
async fn refund_one_of_two_shipped(shop: &TestShop, case: &str) -> bool {
    let Some(id) = sold(shop, case).await else {
        return false;
    };
    let one = units(shop, &id, 1).await;
    let order = shop
        .worked("createCreditMemo", json!({ "order_id": id, "items": one }))
        .await;
    assert_eq!(order["state"], "complete");
    let memo = &order["order"]["credit_memos"][0];
    assert_eq!(memo["total"]["grand_total"]["value"], 10.0);
    true
}

on_every_database!(
    an_invoice_completes_an_order_that_was_shipped_before_its_import,
    |shop| async move {
        let Some(id) = sold(&shop, "a4-configurable-shipped-then-invoiced").await else {
            return;
        };
        let order = shop.worked("createInvoice", json!({ "order_id": id })).await;
        assert_eq!(order["state"], "complete");
    }
);

on_every_database!(
    an_order_of_which_all_units_went_back_offers_no_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        let Some(id) = sold(&shop, "a6-cancel-button-with-nothing-left").await else {
            return;
        };
        let order = shown(&shop, &id).await;
        assert_eq!(order["available_actions"], json!(["REORDER"]));
        assert_eq!(order["cancellation_terms"]["refusal"]["code"], "NOTHING_OPEN");
        let token = shop.order_token(&id).await;
        let answer = shop.request_guest_cancel(&token, "Other").send().await;
        assert_eq!(answer.refused(Refusal::STATUS)["status"], "Processing");
        let asked = json!({ "order_id": id, "reason": "Other" });
        let (code, _) = shop.refused("cancelOrderAsAdmin", asked).await;
        assert_eq!(code, "INVALID_ORDER_STATUS");
        assert_eq!(shop.run_jobs().await, [], "no mail");
    }
);

on_every_database!(
    a_bundle_enters_although_a_part_is_invoiced_more_often_than_ordered,
    |shop| async move {
        let Some(id) = sold(&shop, "a7-bundle-selection-quantity-refused").await else {
            return;
        };
        let order = shown(&shop, &id).await;
        assert_eq!(order["state"], "complete");
        let item = &order["items"][0];
        for quantity in ["quantity_ordered", "quantity_invoiced", "quantity_shipped"] {
            assert_eq!(item[quantity], 1.0, "{quantity}");
        }
    }
);
