//! One item of a webhook of Adyen: what happened to a payment.

use chrono::{DateTime, Utc};
use countermand_app::ports::{MessageRefusal, ProviderMessage};
use countermand_domain::{Currency, ProviderReport, ReportMatter, ReversalState};
use serde::Deserialize;

use super::amount::from_adyen;
use crate::payments::connection::cut;
use crate::payments::hidden_key::HiddenKey;

/// The longest id of a message, in characters.
const LONGEST_ID: usize = 80;

/// What happened to a payment. Fields that are not needed are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireItem {
    #[serde(default)]
    additional_data: WireData,
    amount: Option<WireAmount>,
    event_code: String,
    #[serde(default)]
    pub(super) merchant_account_code: String,
    #[serde(default)]
    merchant_reference: String,
    original_reference: Option<String>,
    psp_reference: String,
    reason: Option<String>,
    success: String,
}

#[derive(Deserialize)]
struct WireAmount {
    currency: String,
    value: i64,
}

#[derive(Default, Deserialize)]
struct WireData {
    #[serde(rename = "hmacSignature")]
    signature: Option<String>,
    #[serde(rename = "modification.action")]
    action: Option<String>,
}

impl WireItem {
    /// The signature, in base64.
    pub(super) fn signature(&self) -> Option<&str> {
        self.additional_data.signature.as_deref()
    }

    /// The text that is signed. The time and the additional data are not in it.
    pub(super) fn signed_text(&self) -> String {
        let (value, currency) = match &self.amount {
            Some(amount) => (amount.value.to_string(), amount.currency.as_str()),
            None => (String::new(), ""),
        };
        let parts = [
            self.psp_reference.as_str(),
            self.original_reference.as_deref().unwrap_or_default(),
            self.merchant_account_code.as_str(),
            self.merchant_reference.as_str(),
            value.as_str(),
            currency,
            self.event_code.as_str(),
            self.success.as_str(),
        ];
        parts.join(":")
    }

    /// The item as a message whose texts are without the `hidden` key; none for what does not move money back, and is no
    /// capture and no dispute.
    pub(super) fn message(
        &self,
        at: DateTime<Utc>,
        hidden: &HiddenKey,
    ) -> Result<Option<ProviderMessage>, MessageRefusal> {
        let Some((matter, state)) = self.matter() else {
            return Ok(None);
        };
        let id = format!("{}:{}:{}", self.event_code, self.psp_reference, self.success);
        let amount = self.amount.as_ref().and_then(|amount| {
            let currency: Currency = amount.currency.parse().ok()?;
            from_adyen(amount.value, currency)
        });
        let amount = amount
            .filter(|_| id.chars().count() <= LONGEST_ID)
            .ok_or(MessageRefusal::Unreadable)?;
        let of_payment = self.original_reference.as_ref().filter(|it| !it.is_empty());
        let words = [self.additional_data.action.as_deref(), self.reason.as_deref()];
        let words = words.into_iter().flatten().filter(|word| !word.is_empty());
        let words: Vec<_> = words.collect();
        Ok(Some(ProviderMessage {
            id,
            payments: vec![of_payment.unwrap_or(&self.psp_reference).clone()],
            report: Some(ProviderReport {
                matter,
                state,
                key: hidden.hide(self.merchant_reference.clone()),
                reference: self.psp_reference.clone(),
                amount,
                // The key is looked for before the words are cut: a part of it would stay.
                detail: cut(&hidden.hide(words.join(": "))),
                at,
            }),
        }))
    }

    /// What the item is about, and how it ended; none for other events.
    fn matter(&self) -> Option<(ReportMatter, ReversalState)> {
        let outcome = if self.success == "true" {
            ReversalState::Succeeded
        } else {
            ReversalState::Failed
        };
        Some(match self.event_code.as_str() {
            // Adyen says which of the two it did. That part is not signed, and decides only which of the two is told.
            "CANCEL_OR_REFUND" if self.additional_data.action.as_deref() == Some("refund") => {
                (ReportMatter::Refund, outcome)
            }
            "CANCELLATION" | "TECHNICAL_CANCEL" | "CANCEL_OR_REFUND" => (ReportMatter::Release, outcome),
            "REFUND" => (ReportMatter::Refund, outcome),
            "REFUND_FAILED" | "REFUNDED_REVERSED" => (ReportMatter::Refund, ReversalState::Failed),
            "CAPTURE" => (ReportMatter::Capture, outcome),
            "CAPTURE_FAILED" => (ReportMatter::Capture, ReversalState::Failed),
            "NOTIFICATION_OF_CHARGEBACK" | "CHARGEBACK" | "SECOND_CHARGEBACK" => {
                (ReportMatter::Dispute, ReversalState::Succeeded)
            }
            _ => return None,
        })
    }
}
