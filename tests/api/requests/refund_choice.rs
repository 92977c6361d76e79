//! Staff approves a request and decides how much of the money is paid back, as for a cancellation of its own.

use countermand_domain::StaffRole;
use countermand_tests::storefront::paid_back;

use super::*;

const APPROVE: &str = "approveCancellationRequest";

/// Anna's request to cancel an order for 15.00 that was paid. Gives the id of the order.
async fn requested(shop: &TestShop, anna: &str, number: &str) -> String {
    let order = OrderJson::new(number).by(BUYER).line("tea", 1000, 1, 1, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let answer = request_of(shop, &id, &Value::Null).token(anna).send().await;
    done(&answer, "requestOrderCancellation");
    shop.leave_jobs();
    id
}

/// Lets the shop keep a fee of 5.00 from buyers. Gives Anna's token.
async fn with_fee(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    let values = json!([{ "key": "sales/cancellation/fee", "value": "5.00" }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let set = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(set["user_errors"], json!([]));
    shop.customer(BUYER).await
}

on_every_database!(
    an_approval_pays_back_what_staff_decides_and_by_itself_all_but_the_fee,
    |shop| async move {
        let anna = with_fee(&shop).await;
        for (number, refund, back) in [
            ("1", Value::Null, 10.0),
            ("2", json!({ "mode": "FULL" }), 15.0),
            ("3", json!({ "mode": "AMOUNT", "amount": 4 }), 4.0),
            ("4", json!({ "mode": "FEE", "amount": 1 }), 14.0),
            (
                "5",
                json!({ "mode": "NONE", "note": "The lid was engraved." }),
                0.0,
            ),
        ] {
            let id = requested(&shop, &anna, number).await;
            let order = shop
                .worked(APPROVE, json!({ "order_id": id, "refund": refund }))
                .await;
            assert_eq!(order["state"], "closed", "{refund}");
            assert_eq!(paid_back(&order["order"]), [back], "{refund}");
        }
        let audited = &shop.audit_log(1).await[0];
        assert_eq!(audited["action"], APPROVE);
        assert_eq!(
            audited["details"],
            "other, $0.00 refunded, as staff decided: The lid was engraved."
        );
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_decision_about_the_refund_of_a_request_is_checked_as_for_a_cancellation,
    |shop| async move {
        let anna = with_fee(&shop).await;
        let id = requested(&shop, &anna, "1").await;
        for (refund, code) in [
            (json!({ "mode": "NONE" }), "INVALID"),
            (json!({ "mode": "FEE" }), "INVALID"),
            (json!({ "mode": "AMOUNT", "amount": 15.01 }), "AMOUNT_EXCEEDED"),
            (json!({ "mode": "FEE", "amount": 15 }), "AMOUNT_EXCEEDED"),
        ] {
            let input = json!({ "order_id": id, "refund": refund });
            let refused = shop.refused(APPROVE, input).await;
            assert_eq!(refused, (code.into(), "refund".into()), "{refund}");
        }
        let support = shop.staff(StaffRole::Support, None).await;
        for refund in [
            json!({ "mode": "NONE", "note": "Stolen." }),
            json!({ "mode": "AMOUNT", "amount": 1 }),
            json!({ "mode": "FEE", "amount": 1 }),
        ] {
            let input = json!({ "order_id": id, "refund": refund });
            let answer = asks(&shop, APPROVE, &input).token(&support).send().await;
            assert_eq!(answer.category(), "graphql-authorization", "{refund}");
        }
        // Staff cancels without a fee, so support pays all of it back without one.
        let input = json!({ "order_id": id, "refund": { "mode": "FULL" } });
        let answer = asks(&shop, APPROVE, &input).token(&support).send().await;
        assert_eq!(done(&answer, APPROVE)["state"], "closed");
        assert_eq!(paid_back(&shop.order(&id).await["order"]), [15.0]);
    }
);
