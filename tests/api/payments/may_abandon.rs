//! To abandon a refund withholds money from the buyer, so it needs the permission of the token to withhold refunds.

use countermand_app::obligations::Settlement;
use countermand_domain::StaffRole;
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{Answer, TestShop, on_every_database};
use serde_json::{Value, json};

use super::repeated::changed;
use super::{attention, authorized_with, cancel, connected, paid, refunds, states, work};
use crate::withheld_refunds::{NO_PERMISSION, NO_RIGHT, permitted};

/// The bearer of `token` abandons the obligation.
async fn abandons(shop: &TestShop, token: &str, id: &Value) -> Answer {
    let input = json!({ "id": id, "note": "The account is closed." });
    let asked = shop.staff_asks("abandonObligation", &input, "obligation { state }");
    asked.token(token).send().await
}

/// Whether the bearer of `token` is offered to abandon the obligation.
async fn is_offered(shop: &TestShop, token: &str, id: &Value) -> bool {
    let answer = shop.ask("{ needsAttention { items { id actions } } }");
    let answer = answer.token(token).send().await;
    let items = answer.data("/needsAttention/items").as_array().cloned();
    let items = items.unwrap_or_default();
    let mut entries = items.iter().filter(|item| item["id"] == *id);
    let entry = entries.next().expect("an entry of the obligation");
    let actions = entry["actions"].as_array().expect("actions");
    actions.contains(&json!("ABANDON"))
}

/// The bearer of `token` may not abandon the obligation, is told so with this message, and changes nothing.
async fn is_refused(shop: &TestShop, token: &str, id: &Value, message: &str) {
    assert!(!is_offered(shop, token, id).await);
    let before = (refunds(shop, "OPEN").await, shop.audit_log(1).await);
    let refused = abandons(shop, token, id).await;
    assert_eq!(
        (refused.category(), refused.error()),
        ("graphql-authorization", message)
    );
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!((refunds(shop, "OPEN").await, shop.audit_log(1).await), before);
}

/// The bearer of `token` abandons the obligation, and the audit log says so.
async fn is_done(shop: &TestShop, token: &str, id: &Value) {
    assert!(is_offered(shop, token, id).await);
    let done = abandons(shop, token, id).await;
    assert_eq!(done.data("/abandonObligation/user_errors"), &json!([]));
    assert_eq!(shop.audit_log(1).await[0]["action"], "abandonObligation");
}

/// The void or the refund of this payment that is open after the provider did not carry it out.
async fn failed(shop: &TestShop, provider: &PaymentServer, order: &str) -> Value {
    cancel(shop, order).await;
    provider.goes_wrong(&["fail"]).await;
    let met = work(shop).await;
    assert!(matches!(met[..], [Settlement::NeedsAttention(_)]), "{met:?}");
    refunds(shop, "OPEN").await.remove(0)
}

on_every_database!(
    a_refund_is_abandoned_only_with_the_permission_to_withhold_refunds,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let without = shop.staff(StaffRole::Manager, None).await;
        let support = permitted(&shop, StaffRole::Support).await;
        let manager = permitted(&shop, StaffRole::Manager).await;
        for (number, allowed) in [("1", manager.as_str()), ("2", shop.owner())] {
            let order = paid(&shop, number).await;
            provider.paid(&format!("tx-{number}"), 1500).await;
            let refund = failed(&shop, &provider, &order).await["id"].clone();
            is_refused(&shop, &without, &refund, NO_PERMISSION).await;
            // The permission adds nothing to a role that abandons nothing.
            is_refused(&shop, &support, &refund, NO_RIGHT).await;
            is_done(&shop, allowed, &refund).await;
        }
        assert_eq!(refunds(&shop, "ABANDONED").await.len(), 2);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_void_is_abandoned_without_the_permission_unless_its_money_was_captured,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let without = shop.staff(StaffRole::Manager, None).await;
        let manager = permitted(&shop, StaffRole::Manager).await;
        let order = authorized_with(&shop, "1", "tx-1").await;
        let reserved = json!({ "reference": "tx-1", "authorized": 1500, "captured": 0 });
        provider.play("payments", &reserved).await;
        let void = failed(&shop, &provider, &order).await;
        assert_eq!(states(&void), ["REQUESTED", "FAILED"]);
        is_done(&shop, &without, &void["id"]).await;
        // The provider refuses this void because the money was captured, and does not carry out the refund of it.
        let order = authorized_with(&shop, "2", "tx-2").await;
        provider.paid("tx-2", 1500).await;
        let refund = failed(&shop, &provider, &order).await;
        assert_eq!(states(&refund), ["REQUESTED", "FAILED", "REQUESTED", "FAILED"]);
        is_refused(&shop, &without, &refund["id"], NO_PERMISSION).await;
        is_done(&shop, &manager, &refund["id"]).await;
        assert_eq!(attention(&shop).await, []);
    }
);

on_every_database!(
    a_webhook_that_failed_is_abandoned_without_the_permission,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let input = json!({ "address": receiver.address, "event_kinds": ["order.note_added"] });
        shop.owner_does("createWebhookEndpoint", input, "").await;
        let order = paid(&shop, "1").await;
        shop.leave_jobs();
        let note = json!({ "order_id": order, "text": "The buyer called." });
        shop.worked("addOrderNote", note).await;
        // As after the last attempt.
        changed(
            &shop,
            "UPDATE obligations SET state = 'needs_attention' WHERE kind = 'webhook_delivery'",
        )
        .await;
        let job = shop.jobs("FAILED").await.remove(0)["id"].clone();
        let manager = shop.staff(StaffRole::Manager, None).await;
        is_done(&shop, &manager, &job).await;
        assert_eq!(attention(&shop).await, []);
        assert!(receiver.received().is_empty());
    }
);
