//! Staff decides how much of a cancellation is paid back, and the provider's ledger shows exactly that.

use countermand_domain::StaffRole;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{begin, carried_out};
use super::{attention, authorized_with, buyer_sees, paid_with, work};

contract!(
    nothing_goes_back_where_staff_keeps_all,
    exactly_the_amount_goes_back_that_staff_names,
    an_authorization_is_released_in_every_mode,
);

/// Cancels the order with this decision about the refund. Gives the order as staff sees it.
async fn cancel_with(shop: &TestShop, id: &str, refund: Value) -> Value {
    let input = json!({ "order_id": id, "reason": "Other", "refund": refund });
    let order = shop.worked("cancelOrderAsAdmin", input).await;
    shop.leave_jobs();
    order
}

/// What `previewCancellation` answers to staff about this decision.
async fn preview(shop: &TestShop, id: &str, refund: Value) -> Value {
    let document = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) {
      quote { id refund_total { value } fee { value } tenders { amount { value } } }
      user_errors { code field message } } }";
    let input = json!({ "order_id": id, "reason": "Other", "refund": refund });
    let asked = shop.ask(document).variables(json!({ "input": input }));
    let answer = asked.token(shop.owner()).send().await;
    answer.data("/previewCancellation").clone()
}

async fn nothing_goes_back_where_staff_keeps_all<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    for note in [Value::Null, json!("  "), json!("x".repeat(1001))] {
        let input = json!({ "order_id": id, "reason": "Other", "refund": { "mode": "NONE", "note": note } });
        let refused = shop.refused("cancelOrderAsAdmin", input).await;
        assert_eq!(refused, ("INVALID".into(), "refund".into()));
    }
    let keep = json!({ "mode": "NONE", "note": "The <card> was stolen." });
    let quoted = preview(shop, &id, keep.clone()).await;
    assert_eq!(quoted["quote"]["refund_total"]["value"], 0.0);
    assert_eq!(quoted["quote"]["fee"]["value"], 15.0);
    assert_eq!(quoted["quote"]["tenders"], json!([]));
    let canceled = cancel_with(shop, &id, keep).await;
    assert_eq!(canceled["state"], "closed");
    let memo = &canceled["order"]["credit_memos"][0]["total"];
    assert_eq!(memo["grand_total"]["value"], 0.0);
    assert_eq!(memo["adjustment"]["value"], -15.0);
    assert_eq!(work(shop).await, []);
    assert_eq!(provider.line("pi_1").await.refunded, 0);
    assert_eq!(buyer_sees(shop, &id).await, json!([]));
    assert_eq!(attention(shop).await, []);
    let lines = canceled["comments"].as_array().expect("comments");
    let decided = lines
        .iter()
        .find(|line| line["message"].as_str().is_some_and(|it| it.contains("stolen")));
    let decided = decided.expect("the note is in the history");
    assert_eq!(decided["visible_on_front"], false);
    assert_eq!(
        decided["message"],
        "Staff decided: $0.00 are paid back, $15.00 are kept. The &lt;card&gt; was stolen."
    );
    let audit = &shop.audit_log(1).await[0];
    assert_eq!(
        audit["details"],
        "other, $0.00 refunded, as staff decided: The <card> was stolen."
    );
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn exactly_the_amount_goes_back_that_staff_names<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    for (number, mode, amount, back) in [
        ("1", "AMOUNT", 5.25, 525),
        ("2", "FEE", 4.0, 1100),
        ("3", "FULL", 0.0, 1500),
    ] {
        let payment = format!("pi_{number}");
        let id = paid_with(shop, number, &payment).await;
        provider.pays(&payment, "USD", 1500, 1500).await;
        let refund = if mode == "FULL" {
            json!({ "mode": mode })
        } else {
            json!({ "mode": mode, "amount": amount })
        };
        let quoted = preview(shop, &id, refund.clone()).await;
        let quote = &quoted["quote"];
        // The quote is for this decision, and for no other one.
        let accept = |refund: Value| json!({ "order_id": id, "reason": "Other", "refund": refund, "quote_id": quote["id"] });
        let other = json!({ "mode": "AMOUNT", "amount": 0.5 });
        let stale = shop.refused("cancelOrderAsAdmin", accept(other)).await;
        assert_eq!(stale.0, "QUOTE_STALE");
        let canceled = shop.worked("cancelOrderAsAdmin", accept(refund)).await;
        shop.leave_jobs();
        let memo = &canceled["order"]["credit_memos"][0]["total"];
        assert_eq!(memo["grand_total"], quote["refund_total"], "{mode}");
        carried_out(shop, &provider, mode).await;
        assert_eq!(provider.line(&payment).await.refunded, back, "{mode}");
    }
    let id = paid_with(shop, "4", "pi_4").await;
    for (refund, code) in [
        (json!({ "mode": "AMOUNT", "amount": 15.01 }), "AMOUNT_EXCEEDED"),
        (json!({ "mode": "FEE", "amount": 15 }), "AMOUNT_EXCEEDED"),
        (json!({ "mode": "AMOUNT", "amount": 0 }), "INVALID"),
        (json!({ "mode": "FEE", "amount": -1 }), "INVALID"),
        (json!({ "mode": "AMOUNT", "amount": 0.001 }), "INVALID"),
        (json!({ "mode": "FEE" }), "INVALID"),
        (json!({ "mode": "FULL", "amount": 1 }), "INVALID"),
    ] {
        let told = preview(shop, &id, refund.clone()).await;
        assert_eq!(told["user_errors"][0]["code"], "REFUND", "{refund}");
        assert_eq!(told["user_errors"][0]["field"], "refund", "{refund}");
        let input = json!({ "order_id": id, "reason": "Other", "refund": refund });
        let refused = shop.refused("cancelOrderAsAdmin", input).await;
        assert_eq!(refused, (code.into(), "refund".into()), "{refund}");
    }
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn an_authorization_is_released_in_every_mode<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 0).await;
    // Nothing was taken, so there is nothing of which an amount could be kept.
    let fee = json!({ "order_id": id, "reason": "Other", "refund": { "mode": "FEE", "amount": 1 } });
    assert_eq!(shop.refused("cancelOrderAsAdmin", fee).await.0, "AMOUNT_EXCEEDED");
    let canceled = cancel_with(shop, &id, json!({ "mode": "NONE", "note": "A test order." })).await;
    assert_eq!(canceled["state"], "canceled");
    carried_out(shop, &provider, "the authorization").await;
    assert!(provider.line("pi_1").await.voided);
}

on_every_database!(
    support_and_buyers_decide_nothing_about_a_refund,
    |shop| async move {
        shop.enable_cancellation().await;
        let (support, buyer) = (
            shop.staff(StaffRole::Support, None).await,
            shop.customer("anna@example.com").await,
        );
        let id = paid_with(&shop, "1", "pi_1").await;
        let choices = [
            json!({ "mode": "NONE", "note": "Stolen." }),
            json!({ "mode": "AMOUNT", "amount": 1 }),
            json!({ "mode": "FEE", "amount": 1 }),
        ];
        for refund in choices {
            let input = json!({ "order_id": id, "reason": "Other", "refund": refund });
            let asked = shop.staff_asks("cancelOrderAsAdmin", &input, "");
            let answer = asked.token(&support).send().await;
            assert_eq!(answer.category(), "graphql-authorization", "{refund}");
            let document = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) { quote { id } } }";
            for token in [&support, &buyer] {
                let asked = shop.ask(document).variables(json!({ "input": input }));
                let answer = asked.token(token).send().await;
                assert_eq!(answer.category(), "graphql-authorization", "{refund}");
            }
        }
        let plain = json!({ "order_id": id, "reason": "Other", "refund": { "mode": "FULL" } });
        let asked = shop.staff_asks("cancelOrderAsAdmin", &plain, "order { state }");
        let answer = asked.token(&support).send().await;
        assert_eq!(answer.data("/cancelOrderAsAdmin/order/state"), "closed");
        shop.leave_jobs();
    }
);
