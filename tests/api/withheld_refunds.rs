//! To cancel and pay nothing back needs a permission of the token: without it, staff is refused and nothing changes.

use countermand_app::Staff;
use countermand_domain::StaffRole;
use countermand_tests::storefront::paid_back;
use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const CANCEL: &str = "cancelOrderAsAdmin";
const APPROVE: &str = "approveCancellationRequest";
const PREVIEW: &str = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) {
  quote { refund_total { value } } user_errors { code }
} }";
/// What staff is told whose token lacks the permission.
pub(crate) const NO_PERMISSION: &str =
    "The current user isn't authorized. The token has no permission to withhold refunds.";
/// What staff is told whose role lacks the right.
pub(crate) const NO_RIGHT: &str = "The current user isn't authorized.";

/// A token of this role that was given the permission.
pub(crate) async fn permitted(shop: &TestShop, role: StaffRole) -> String {
    shop.token_of(Staff {
        may_withhold_refunds: true,
        ..Staff::new(role.code(), role)
    })
    .await
}

/// An order of two units that was paid. Gives its id.
async fn paid(shop: &TestShop, number: &str) -> String {
    let order = OrderJson::new(number).line("A", 1000, 2, 2, 0);
    shop.leave_jobs();
    shop.import(&[order.json()]).await.remove(0)
}

/// The input that cancels the order, or these items of it, and pays nothing back.
fn withholding(id: &str, items: &Value) -> Value {
    let refund = json!({ "mode": "NONE", "note": "The box was empty." });
    json!({ "order_id": id, "reason": "Other", "items": items, "refund": refund })
}

async fn asks(shop: &TestShop, mutation: &str, input: &Value, token: &str) -> Answer {
    let order = "order { state order { credit_memos { total { grand_total { value } } } } }";
    shop.staff_asks(mutation, input, order).token(token).send().await
}

async fn preview(shop: &TestShop, input: &Value, token: &str) -> Answer {
    let asked = shop.ask(PREVIEW).variables(json!({ "input": input }));
    asked.token(token).send().await
}

fn assert_forbidden(answer: &Answer, message: &str) {
    assert_eq!(
        (answer.category(), answer.error()),
        ("graphql-authorization", message)
    );
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

/// The order of an answer that says that the mutation was carried out.
fn done<'a>(answer: &'a Answer, mutation: &str) -> &'a Value {
    let payload = answer.data(&format!("/{mutation}"));
    assert_eq!(payload["user_errors"], json!([]));
    &payload["order"]
}

on_every_database!(
    a_token_without_the_permission_withholds_no_refund_and_changes_nothing,
    |shop| async move {
        shop.enable_cancellation().await;
        let id = paid(&shop, "1").await;
        let all = withholding(&id, &Value::Null);
        let part = withholding(&id, &shop.item_lines(&id, &[1]).await);
        let (support, manager) = (
            shop.staff(StaffRole::Support, None).await,
            shop.staff(StaffRole::Manager, None).await,
        );
        let viewer = permitted(&shop, StaffRole::Viewer).await;
        let before = (shop.order(&id).await, shop.audit_log(1).await);
        for token in [&support, &manager] {
            for input in [&all, &part] {
                assert_forbidden(&asks(&shop, CANCEL, input, token).await, NO_PERMISSION);
                assert_forbidden(&preview(&shop, input, token).await, NO_PERMISSION);
            }
        }
        // The permission adds nothing to a role that cancels no orders.
        assert_forbidden(&asks(&shop, CANCEL, &all, &viewer).await, NO_RIGHT);
        assert_forbidden(&preview(&shop, &all, &viewer).await, NO_RIGHT);
        assert_eq!((shop.order(&id).await, shop.audit_log(1).await), before);
    }
);

on_every_database!(
    a_token_with_the_permission_and_an_owner_withhold_refunds,
    |shop| async move {
        shop.enable_cancellation().await;
        let support = permitted(&shop, StaffRole::Support).await;
        let made = &shop.audit_log(1).await[0];
        assert_eq!(made["details"], "support, may withhold refunds");
        let manager = permitted(&shop, StaffRole::Manager).await;
        for (number, token) in [
            ("1", support.as_str()),
            ("2", manager.as_str()),
            ("3", shop.owner()),
        ] {
            let id = paid(&shop, number).await;
            let part = withholding(&id, &shop.item_lines(&id, &[1]).await);
            let quoted = preview(&shop, &part, token).await;
            let refund = quoted.data("/previewCancellation/quote/refund_total/value");
            assert_eq!(refund, &json!(0.0), "{number}");
            let answer = asks(&shop, CANCEL, &part, token).await;
            assert_eq!(paid_back(&done(&answer, CANCEL)["order"]), [0.0], "{number}");
            let rest = withholding(&id, &Value::Null);
            let answer = asks(&shop, CANCEL, &rest, token).await;
            let order = done(&answer, CANCEL);
            assert_eq!(order["state"], "closed", "{number}");
            assert_eq!(paid_back(&order["order"]), [0.0, 0.0], "{number}");
        }
        // The permission is for this alone: to keep a fee, the role is needed.
        let id = paid(&shop, "4").await;
        let fee = json!({ "order_id": id, "reason": "Other", "refund": { "mode": "FEE", "amount": 1 } });
        assert_forbidden(&asks(&shop, CANCEL, &fee, &support).await, NO_RIGHT);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_request_is_approved_without_a_refund_only_with_the_permission,
    |shop| async move {
        shop.enable_cancellation().await;
        let id = paid(&shop, "1").await;
        let request = json!({ "order_id": id, "reason": "Other" });
        let asked = shop.owner_does("requestOrderCancellation", request, "").await;
        assert_eq!(asked["user_errors"], json!([]));
        let (refused, allowed) = (
            shop.staff(StaffRole::Manager, None).await,
            permitted(&shop, StaffRole::Manager).await,
        );
        let refund = json!({ "mode": "NONE", "note": "The box was empty." });
        let input = json!({ "order_id": id, "refund": refund });
        let before = (shop.order(&id).await, shop.audit_log(1).await);
        assert_forbidden(&asks(&shop, APPROVE, &input, &refused).await, NO_PERMISSION);
        assert_eq!((shop.order(&id).await, shop.audit_log(1).await), before);
        let answer = asks(&shop, APPROVE, &input, &allowed).await;
        let order = done(&answer, APPROVE);
        assert_eq!(order["state"], "closed");
        assert_eq!(paid_back(&order["order"]), [0.0]);
    }
);
