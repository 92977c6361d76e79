//! The contract at a provider that speaks our own protocol.

use serde_json::{Value, json};

use super::{ContractProvider, KeptFailure, LedgerLine, ids};
use crate::payment_server::{KEY, PaymentServer};

impl ContractProvider for PaymentServer {
    const ADAPTER: &'static str = "HTTP";
    const KEPT_FAILURE: KeptFailure = KeptFailure::ToldByLookUp;
    const MESSAGES: &'static str = "messages";

    async fn begin() -> Option<Self> {
        Self::start().await
    }

    fn key(&self) -> &str {
        KEY
    }

    fn name_of(_: usize, message: &Value) -> Value {
        message.clone()
    }

    async fn pays(&self, reference: &str, currency: &str, authorized: i64, captured: i64) {
        let paid = json!({ "reference": reference, "currency": currency,
            "authorized": authorized, "captured": captured });
        self.play("payments", &paid).await;
    }

    async fn ends(&self, reference: &str, succeeds: bool) {
        let ledger = self.ledger().await;
        let reversals = ledger["reversals"].as_object().expect("reversals");
        let is_open = |kept: &Value| {
            let state = kept["answer"]["state"].as_str();
            let is_under_way = state.is_some_and(|state| !["SUCCEEDED", "FAILED"].contains(&state));
            kept["body"]["payment"] == reference && is_under_way
        };
        let (key, _) = reversals
            .iter()
            .find(|(_, kept)| is_open(kept))
            .expect("an open one");
        let end = if succeeds { "succeed" } else { "fail" };
        self.play(&format!("reversals/{key}/{end}"), &json!({})).await;
    }

    async fn line(&self, reference: &str) -> LedgerLine {
        let ledger = self.ledger().await;
        let payment = &ledger["payments"][reference];
        let reversals = ledger["reversals"].as_object().expect("reversals");
        let counts = |kept: &&Value| {
            let state = kept["answer"]["state"].as_str();
            kept["body"]["payment"] == reference
                && kept["body"]["operation"] == "REFUND"
                && state.is_some_and(|state| state != "FAILED")
        };
        LedgerLine {
            refunded: payment["refunded"].as_i64().expect("an amount"),
            refunds: reversals.values().filter(counts).count(),
            voided: payment["voided"] == true,
        }
    }

    async fn refunds_of_others(&self, reference: &str) -> Vec<String> {
        let ledger = self.ledger().await;
        let reversals = ledger["reversals"].as_object().expect("reversals");
        let of_others = reversals
            .values()
            .filter(|kept| kept["by_others"] == true && kept["body"]["payment"] == reference);
        ids(of_others.map(|kept| &kept["answer"]), "reference")
    }

    async fn fails_of_others(&self, id: &str) {
        let ledger = self.ledger().await;
        let mut reversals = ledger["reversals"].as_object().expect("reversals").iter();
        let (key, _) = reversals
            .find(|(_, kept)| kept["answer"]["reference"] == id)
            .expect("a refund");
        self.play(&format!("reversals/{key}/fail"), &json!({})).await;
    }

    async fn fails_late(&self, reference: &str) {
        let ledger = self.ledger().await;
        let mut reversals = ledger["reversals"].as_object().expect("reversals").iter();
        let (key, _) = reversals
            .find(|(_, kept)| kept["body"]["payment"] == reference)
            .expect("a refund");
        self.play(&format!("reversals/{key}/fail"), &json!({})).await;
    }
}
