//! The contract at Adyen.

use serde_json::{Value, json};

use super::{ContractProvider, KeptFailure, LedgerLine, ids};
use crate::adyen_server::{AdyenServer, HMAC_KEY, KEY, MERCHANT_ACCOUNT};

impl ContractProvider for AdyenServer {
    const ADAPTER: &'static str = "ADYEN";
    const KEPT_FAILURE: KeptFailure = KeptFailure::ToldByMessage;
    const SIGNS_TIME: bool = false;
    const TAKEN: i64 = 200;
    const MERCHANT_ACCOUNT: Option<&'static str> = Some(MERCHANT_ACCOUNT);
    const WEBHOOK_SECRET: &'static str = HMAC_KEY;
    const OTHER_WEBHOOK_SECRET: &'static str =
        "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
    const MESSAGES: &'static str = "items";

    async fn begin() -> Option<Self> {
        Self::start().await
    }

    fn key(&self) -> &str {
        KEY
    }

    fn name_of(place: usize, _: &Value) -> Value {
        json!(place)
    }

    async fn ends(&self, reference: &str, succeeds: bool) {
        let made = self.modifications(reference).await;
        let open = made.iter().find(|it| it["state"] == "pending");
        let id = open
            .and_then(|it| it["pspReference"].as_str())
            .expect("an open one");
        let end = if succeeds { "succeed" } else { "fail" };
        self.play(&format!("modifications/{id}/{end}"), &json!({})).await;
    }

    async fn line(&self, reference: &str) -> LedgerLine {
        let made = self.modifications(reference).await;
        let counting = made.iter().filter(|it| {
            let is_refund = it["kind"] == "refunds" || it["action"] == "refund";
            is_refund && it["state"] != "failed"
        });
        let amounts: Vec<_> = counting.filter_map(|it| it["amount"].as_i64()).collect();
        LedgerLine {
            refunded: amounts.iter().sum(),
            refunds: amounts.len(),
            voided: self.ledger().await["payments"][reference]["voided"] == true,
        }
    }

    async fn refunds_of_others(&self, reference: &str) -> Vec<String> {
        let made = self.modifications(reference).await;
        let is_of_others = |it: &&Value| it["kind"] == "refunds" && it["reference"] == "by-others";
        ids(made.iter().filter(is_of_others), "pspReference")
    }

    async fn fails_of_others(&self, id: &str) {
        self.play(&format!("modifications/{id}/fail"), &json!({})).await;
    }

    async fn fails_late(&self, reference: &str) {
        let made = self.modifications(reference).await;
        let done = made
            .iter()
            .find(|it| it["state"] == "succeeded" && it["action"] == "refund");
        let id = done.and_then(|it| it["pspReference"].as_str()).expect("a refund");
        self.play(&format!("modifications/{id}/fail"), &json!({})).await;
    }
}
