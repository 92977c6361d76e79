//! The contract at Hyperswitch.

use serde_json::{Value, json};

use super::{ContractProvider, KeptFailure, LedgerLine, ids};
use crate::hyperswitch_server::{HyperswitchServer, KEY};

impl ContractProvider for HyperswitchServer {
    const ADAPTER: &'static str = "HYPERSWITCH";
    const KEPT_FAILURE: KeptFailure = KeptFailure::RequestAlone;
    const SIGNS_TIME: bool = false;
    const WEBHOOK_SECRET: &'static str = "the-hash-key-of-the-profile";
    const OTHER_WEBHOOK_SECRET: &'static str = "another-hash-key-of-the-profile";

    async fn begin() -> Option<Self> {
        Self::start().await
    }

    fn key(&self) -> &str {
        KEY
    }

    fn name_of(_: usize, message: &Value) -> Value {
        message["event_id"].clone()
    }

    async fn ends(&self, reference: &str, succeeds: bool) {
        let refunds = self.refunds(reference).await;
        let open = refunds
            .iter()
            .find(|it| it["status"] != "succeeded" && it["status"] != "failed");
        let id = open.and_then(|it| it["refund_id"].as_str()).expect("an open one");
        let end = if succeeds { "succeed" } else { "fail" };
        self.play(&format!("refunds/{id}/{end}"), &json!({})).await;
    }

    async fn line(&self, reference: &str) -> LedgerLine {
        let refunds = self.refunds(reference).await;
        let counting = refunds.iter().filter(|it| it["status"] != "failed");
        let amounts: Vec<_> = counting.filter_map(|it| it["amount"].as_i64()).collect();
        let payment = self.ledger().await["payments"][reference].clone();
        // After a void of the rest the payment stays captured in part.
        let has_ended = payment["status"] == "cancelled" || payment["status"] == "partially_captured";
        LedgerLine {
            refunded: amounts.iter().sum(),
            refunds: amounts.len(),
            voided: has_ended && payment["cancellation_reason"].is_string(),
        }
    }

    async fn refunds_of_others(&self, reference: &str) -> Vec<String> {
        let refunds = self.refunds(reference).await;
        ids(refunds.iter().filter(|it| it["metadata"].is_null()), "refund_id")
    }

    async fn fails_late(&self, reference: &str) {
        let refunds = self.refunds(reference).await;
        let done = refunds.iter().find(|it| it["status"] == "succeeded");
        let id = done.and_then(|it| it["refund_id"].as_str()).expect("a refund");
        self.play(&format!("refunds/{id}/fail"), &json!({})).await;
    }
}
