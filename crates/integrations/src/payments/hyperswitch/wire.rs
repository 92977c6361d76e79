//! What Hyperswitch's answers hold. Fields that are not needed are ignored, and most may be absent or null.

use countermand_app::ports::ProviderAnswer;
use countermand_domain::ReversalState;
use serde::Deserialize;
use serde_json::Value;

use super::KEY;
use crate::payments::HYPERSWITCH;
use crate::payments::connection::cut;
use crate::payments::state_word::known_or_pending;

/// A payment with what went back of it.
#[derive(Deserialize)]
pub(super) struct WirePayment {
    #[serde(default)]
    pub(super) amount: i64,
    pub(super) amount_received: Option<i64>,
    pub(super) amount_capturable: Option<i64>,
    #[serde(default)]
    pub(super) currency: String,
    pub(super) status: String,
    pub(super) cancellation_reason: Option<String>,
    pub(super) refunds: Option<Vec<WireRefund>>,
    pub(super) disputes: Option<Vec<WireDispute>>,
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct WireRefund {
    pub(super) refund_id: String,
    #[serde(default)]
    pub(super) amount: i64,
    pub(super) status: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) metadata: Option<Value>,
}

/// A dispute at the buyer's bank.
#[derive(Deserialize)]
pub(super) struct WireDispute {
    pub(super) dispute_status: Option<String>,
}

/// Why Hyperswitch does not do it.
#[derive(Deserialize)]
pub(super) struct WireError {
    pub(super) error: WireProblem,
}

/// The reason in an answer that refuses.
#[derive(Deserialize)]
pub(super) struct WireProblem {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

impl WirePayment {
    /// Whether money was taken and no more can be: `partially_captured` says that the rest cannot be captured any more.
    /// Hyperswitch pays back only such a payment.
    pub(super) fn has_ended_capture(&self) -> bool {
        matches!(self.status.as_str(), "succeeded" | "partially_captured")
    }

    /// Whether Hyperswitch, or the processor, works on a capture or a void.
    pub(super) fn is_processing(&self) -> bool {
        self.status == "processing"
    }

    /// Whether the authorization was released, or ended by itself.
    pub(super) fn is_released(&self) -> bool {
        matches!(
            self.status.as_str(),
            "cancelled" | "cancelled_post_capture" | "expired"
        )
    }

    /// The money that was taken, in Hyperswitch's units.
    pub(super) fn captured(&self) -> i64 {
        if self.is_released() {
            return 0;
        }
        let unless_told = if self.has_ended_capture() { self.amount } else { 0 };
        self.amount_received.unwrap_or(unless_told)
    }

    /// The money that can still be captured, in Hyperswitch's units; none before the last capture.
    pub(super) fn capturable(&self) -> Option<i64> {
        self.has_ended_capture()
            .then(|| self.amount_capturable.unwrap_or(0))
    }

    /// Whether exactly `rest` was not captured, in Hyperswitch's units, and cannot be any more.
    pub(super) fn has_released(&self, rest: i64) -> bool {
        self.capturable() == Some(0) && self.amount.checked_sub(self.captured()) == Some(rest)
    }

    /// The money that went back, or may still go back, in Hyperswitch's units.
    pub(super) fn refunded(&self) -> i64 {
        let refunds = self.refunds.iter().flatten();
        let counting = refunds.filter(|refund| refund.known_state() != Some(ReversalState::Failed));
        counting.fold(0, |sum, refund| sum.saturating_add(refund.amount))
    }

    /// Whether the buyer disputes the payment, and has not lost or withdrawn the dispute.
    pub(super) fn is_disputed(&self) -> bool {
        let mut disputes = self.disputes.iter().flatten();
        disputes.any(|dispute| {
            !matches!(
                dispute.dispute_status.as_deref(),
                Some("dispute_cancelled" | "dispute_won")
            )
        })
    }
}

impl WireRefund {
    /// The state of the refund; none for a word that is not known.
    fn known_state(&self) -> Option<ReversalState> {
        Some(match self.status.as_deref() {
            None | Some("pending" | "review") => ReversalState::Pending,
            Some("succeeded") => ReversalState::Succeeded,
            Some("failed") => ReversalState::Failed,
            Some(_) => return None,
        })
    }

    /// The state of the refund. A word that is not known is logged.
    pub(super) fn state(&self) -> ReversalState {
        let word = self.status.as_deref().unwrap_or_default();
        known_or_pending(HYPERSWITCH, word, self.known_state())
    }

    /// What the refund says about our request.
    pub(super) fn answer(&self) -> ProviderAnswer {
        ProviderAnswer::Accepted {
            state: self.state(),
            reference: Some(cut(&self.refund_id)),
            detail: cut(&self.words()),
        }
    }

    /// Why the refund failed; empty where it has not.
    pub(super) fn words(&self) -> String {
        let words = [self.error_code.as_deref(), self.error_message.as_deref()];
        let words: Vec<_> = words.into_iter().flatten().collect();
        words.join(": ")
    }

    /// The key of the program that was sent with the refund; empty for one of others.
    pub(super) fn key(&self) -> &str {
        let key = self.metadata.as_ref().and_then(|metadata| metadata.get(KEY));
        key.and_then(Value::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(fields: &str) -> WirePayment {
        let text = format!(r#"{{"payment_id":"pay_1","amount":1500,"currency":"USD",{fields}}}"#);
        serde_json::from_str(&text).expect("a payment")
    }

    #[test]
    fn optional_fields_may_be_null_or_absent() {
        let bare =
            payment(r#""status":"requires_capture","amount_received":null,"refunds":null,"disputes":null"#);
        assert_eq!((bare.captured(), bare.refunded()), (0, 0));
        assert!(!bare.is_released() && !bare.is_disputed());
        assert_eq!(payment(r#""status":"succeeded""#).captured(), 1500);
    }

    #[test]
    fn what_was_captured_counts_while_the_rest_is_held_and_is_not_paid_back_before() {
        for status in ["partially_captured_and_capturable", "processing"] {
            let part = payment(&format!(r#""status":"{status}","amount_received":1200"#));
            assert_eq!(part.captured(), 1200, "{status}");
            assert!(!part.has_ended_capture() && !part.has_released(300), "{status}");
        }
        let released =
            payment(r#""status":"partially_captured","amount_received":1200,"amount_capturable":0"#);
        assert!(released.has_ended_capture() && released.has_released(300));
        assert!(!released.has_released(1500));
        let given_up = payment(r#""status":"cancelled_post_capture","amount_received":1200"#);
        assert_eq!(given_up.captured(), 0);
    }

    #[test]
    fn after_the_last_capture_nothing_can_be_captured() {
        let capturable = |fields: &str| payment(fields).capturable();
        assert_eq!(capturable(r#""status":"partially_captured""#), Some(0));
        assert_eq!(
            capturable(r#""status":"partially_captured","amount_capturable":0"#),
            Some(0)
        );
        assert_eq!(
            capturable(r#""status":"partially_captured","amount_capturable":300"#),
            Some(300)
        );
        for status in [
            "partially_captured_and_capturable",
            "requires_capture",
            "processing",
        ] {
            let fields = format!(r#""status":"{status}","amount_capturable":0"#);
            assert_eq!(capturable(&fields), None, "{status}");
        }
    }

    #[test]
    fn failed_refunds_count_not_as_paid_back() {
        let paid = payment(
            r#""status":"partially_captured","amount_received":1200,"refunds":[
            {"refund_id":"ref_1","amount":300,"status":"succeeded"},
            {"refund_id":"ref_2","amount":200,"status":"pending"},
            {"refund_id":"ref_3","amount":100,"status":"failed"}],
            "disputes":[{"dispute_status":"dispute_opened"}]"#,
        );
        assert_eq!((paid.captured(), paid.refunded()), (1200, 500));
        assert!(paid.is_disputed());
    }

    #[test]
    fn a_dispute_that_was_won_or_withdrawn_is_none() {
        for status in ["dispute_won", "dispute_cancelled"] {
            let fields = format!(r#""status":"succeeded","disputes":[{{"dispute_status":"{status}"}}]"#);
            assert!(!payment(&fields).is_disputed(), "{status}");
        }
    }
}
