//! The parts of Stripe's answers that are read. All other fields are ignored, and most may be absent or null.

use std::collections::HashMap;

use countermand_app::ports::{ProviderAnswer, ProviderError, ProviderRefund};
use countermand_domain::ReversalState;
use serde::{Deserialize, Deserializer};

use super::amount::from_stripe;
use super::{KEY, obligation_of};
use crate::payments::STRIPE;
use crate::payments::connection::cut;
use crate::payments::scale::money;
use crate::payments::state_word::known_or_pending;

/// A payment, which holds one charge once the buyer paid.
#[derive(Deserialize)]
pub(super) struct WireIntent {
    pub(super) id: Option<String>,
    pub(super) amount: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) amount_received: i64,
    pub(super) amount_capturable: Option<i64>,
    pub(super) currency: String,
    pub(super) status: String,
    pub(super) cancellation_reason: Option<String>,
    pub(super) latest_charge: Option<Charge>,
}

/// A charge, or its id where Stripe was not asked to write it out.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Charge {
    Whole(WireCharge),
    Id(String),
}

/// The money of a payment.
#[derive(Deserialize)]
pub(super) struct WireCharge {
    pub(super) amount: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) amount_captured: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) amount_refunded: i64,
    pub(super) currency: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) captured: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) refunded: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) disputed: bool,
    pub(super) payment_intent: Option<String>,
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct WireRefund {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) amount: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) currency: String,
    pub(super) reason: Option<String>,
    pub(super) status: Option<String>,
    pub(super) failure_reason: Option<String>,
    pub(super) pending_reason: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: HashMap<String, String>,
}

/// A page of refunds, newest first.
#[derive(Deserialize)]
pub(super) struct WirePage {
    pub(super) data: Vec<WireRefund>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) has_more: bool,
}

/// Why Stripe does not do it.
#[derive(Deserialize)]
pub(super) struct WireError {
    pub(super) error: WireProblem,
}

/// The reason in an answer that refuses.
#[derive(Deserialize)]
pub(super) struct WireProblem {
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) param: String,
}

impl WireIntent {
    /// The money that can still be captured, in Stripe's units; none where Stripe does not say it, and in states in
    /// which a capture may be under way.
    pub(super) fn capturable(&self) -> Option<i64> {
        let says_it = matches!(self.status.as_str(), "requires_capture" | "succeeded");
        self.amount_capturable.filter(|_| says_it)
    }
}

impl WireCharge {
    /// Whether a part was captured and the rest released. Stripe counts the released rest among `amount_refunded`.
    pub(super) fn is_captured_in_part(&self) -> bool {
        self.captured && self.amount_captured != self.amount
    }
}

impl WireRefund {
    /// The state of the refund; none for a word that is not known.
    fn known_state(&self) -> Option<ReversalState> {
        Some(match self.status.as_deref() {
            None | Some("pending") => ReversalState::Pending,
            Some("requires_action") => ReversalState::RequiresAction,
            Some("succeeded") => ReversalState::Succeeded,
            Some("failed") => ReversalState::Failed,
            Some("canceled") => ReversalState::Canceled,
            Some(_) => return None,
        })
    }

    /// The state of the refund. A word that is not known is logged.
    fn state(&self) -> ReversalState {
        let word = self.status.as_deref().unwrap_or_default();
        known_or_pending(STRIPE, word, self.known_state())
    }

    /// What the refund says about our request.
    pub(super) fn answer(&self) -> ProviderAnswer {
        ProviderAnswer::Accepted {
            state: self.state(),
            reference: Some(cut(&self.id)),
            detail: cut(self.words()),
        }
    }

    /// The refund as one of its payment.
    pub(super) fn listed(&self) -> Result<ProviderRefund, ProviderError> {
        Ok(ProviderRefund {
            reference: cut(&self.id),
            key: self.metadata.get(KEY).cloned().unwrap_or_default(),
            amount: money(self.amount, &self.currency, from_stripe)?,
            state: self.state(),
            detail: cut(self.words()),
        })
    }

    /// Whether money moved, or may still move, by a request of the program for `obligation`.
    pub(super) fn is_moved_for(&self, obligation: &str) -> bool {
        let key = self.metadata.get(KEY);
        self.counts() && key.is_some_and(|key| obligation_of(key) == obligation)
    }

    /// Why the refund failed, or why it is not decided; empty where Stripe does not say it.
    pub(super) fn words(&self) -> &str {
        let reason = self.failure_reason.as_deref().or(self.pending_reason.as_deref());
        reason.unwrap_or_default()
    }

    /// Whether it only says that the rest of an authorization was released, which was never captured.
    pub(super) fn is_release(&self) -> bool {
        self.reason.as_deref() == Some("expired_uncaptured_charge")
    }

    /// The captured money that went back, or may still go back, in Stripe's units.
    pub(super) fn paid_back(&self) -> i64 {
        if self.counts() && !self.is_release() {
            self.amount
        } else {
            0
        }
    }

    /// Whether money moved, or may still move.
    fn counts(&self) -> bool {
        let state = self.known_state();
        !matches!(state, Some(ReversalState::Failed | ReversalState::Canceled))
    }
}

/// A field that may be absent or null.
fn or_default<'de, D, T>(field: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(field).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_fields_may_be_null() {
        let charge = r#"{"amount":1500,"amount_captured":null,"amount_refunded":null,"currency":"usd","captured":null,
            "refunded":null,"disputed":null,"payment_intent":null}"#;
        let intent = format!(
            r#"{{"amount":1500,"amount_received":null,"amount_capturable":null,"currency":"usd","status":"canceled","cancellation_reason":null,
            "latest_charge":{charge}}}"#
        );
        let intent: WireIntent = serde_json::from_str(&intent).expect("an intent");
        assert!(matches!(intent.latest_charge, Some(Charge::Whole(charge)) if !charge.captured));
        let page = r#"{"data":[{"id":"re_1","amount":null,"currency":null,"reason":null,"status":null,"failure_reason":null,
            "pending_reason":null,"metadata":null}],"has_more":null}"#;
        let page: WirePage = serde_json::from_str(page).expect("a page");
        assert!(!page.has_more && page.data[0].metadata.is_empty());
        let error = r#"{"error":{"type":null,"code":null,"message":null,"param":null}}"#;
        let error: WireError = serde_json::from_str(error).expect("an error");
        assert_eq!(error.error.code, "");
    }

    #[test]
    fn what_can_be_captured_is_known_of_a_hold_and_of_captured_money() {
        let capturable = |fields: &str| {
            let intent = format!(r#"{{"amount":1500,"currency":"usd",{fields}}}"#);
            let intent: WireIntent = serde_json::from_str(&intent).expect("an intent");
            intent.capturable()
        };
        assert_eq!(
            capturable(r#""status":"succeeded","amount_capturable":0"#),
            Some(0)
        );
        assert_eq!(
            capturable(r#""status":"requires_capture","amount_capturable":500"#),
            Some(500)
        );
        assert_eq!(capturable(r#""status":"processing","amount_capturable":0"#), None);
        assert_eq!(capturable(r#""status":"succeeded""#), None);
    }

    #[test]
    fn only_captured_money_is_paid_back() {
        let paid_back = |fields: &str| {
            let refund = format!(r#"{{"id":"re_1","amount":500,{fields}}}"#);
            let refund: WireRefund = serde_json::from_str(&refund).expect("a refund");
            refund.paid_back()
        };
        assert_eq!(paid_back(r#""status":"succeeded""#), 500);
        assert_eq!(paid_back(r#""status":"pending","reason":"duplicate""#), 500);
        assert_eq!(paid_back(r#""status":"failed""#), 0);
        assert_eq!(
            paid_back(r#""status":"succeeded","reason":"expired_uncaptured_charge""#),
            0
        );
    }
}
