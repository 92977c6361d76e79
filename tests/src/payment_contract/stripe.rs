//! The contract at Stripe.

use serde_json::{Value, json};

use super::{ContractProvider, KeptFailure, LedgerLine, ids};
use crate::stripe_server::{KEY, StripeServer};

impl ContractProvider for StripeServer {
    const ADAPTER: &'static str = "STRIPE";
    const KEPT_FAILURE: KeptFailure = KeptFailure::Marked;

    async fn begin() -> Option<Self> {
        Self::start().await
    }

    fn key(&self) -> &str {
        KEY
    }

    fn name_of(_: usize, message: &Value) -> Value {
        message["id"].clone()
    }

    async fn ends(&self, reference: &str, succeeds: bool) {
        let refunds = self.refunds(reference).await;
        let open = refunds.iter().find(|it| !has_ended(it)).expect("an open one");
        let end = if succeeds { "succeed" } else { "fail" };
        let id = open["id"].as_str().expect("an id");
        self.play(&format!("refunds/{id}/{end}"), &json!({})).await;
    }

    async fn line(&self, reference: &str) -> LedgerLine {
        let refunds = self.refunds(reference).await;
        let counting = refunds.iter().filter(|it| !has_failed(it));
        let amounts: Vec<_> = counting.filter_map(|it| it["amount"].as_i64()).collect();
        let ledger = self.ledger().await;
        LedgerLine {
            refunded: amounts.iter().sum(),
            refunds: amounts.len(),
            voided: ledger["payment_intents"][reference]["status"] == "canceled",
        }
    }

    async fn refunds_of_others(&self, reference: &str) -> Vec<String> {
        let refunds = self.refunds(reference).await;
        let of_others = refunds
            .iter()
            .filter(|it| it["metadata"]["countermand_key"].is_null());
        ids(of_others, "id")
    }

    async fn holds_messages(&self, url: &str) {
        let hooks = json!({ "url": url, "secrets": [Self::WEBHOOK_SECRET], "hold": true });
        self.play("hooks", &hooks).await;
    }

    async fn fails_late(&self, reference: &str) {
        let refunds = self.refunds(reference).await;
        let id = refunds.last().and_then(|it| it["id"].as_str()).expect("a refund");
        self.play(
            &format!("refunds/{id}/fail"),
            &json!({ "reason": "expired_or_canceled_card" }),
        )
        .await;
    }
}

fn has_failed(refund: &Value) -> bool {
    refund["status"] == "failed" || refund["status"] == "canceled"
}

fn has_ended(refund: &Value) -> bool {
    refund["status"] == "succeeded" || has_failed(refund)
}
