//! What Stripe's errors mean.

use countermand_app::ports::ProviderError;
use countermand_domain::ReversalRefusal;
use reqwest::StatusCode;

use super::wire::{WireError, WireProblem};
use crate::http::Answer;
use crate::payments::connection::{Connection, cut};
use crate::payments::problem::{Problem, Refused};

/// The header of an answer that Stripe kept under the key and gives again.
const REPLAYED: &str = "idempotent-replayed";

/// The fields by which Stripe names a payment; in some answers it names none.
const PAYMENT_FIELDS: [&str; 5] = ["", "id", "intent", "payment_intent", "charge"];

/// What an answer means that is no success.
pub(super) fn problem_of(answer: &Answer, connection: &Connection) -> Problem {
    let problem = answer.json::<WireError>().ok().map(|wire| wire.error);
    let words = match &problem {
        Some(problem) => problem.words(),
        None => format!("the answer has the status {}", answer.status),
    };
    let code = problem.as_ref().map_or("", |problem| problem.code.as_str());
    let failed = match (answer.status, code) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _)
        | (
            _,
            "livemode_mismatch"
            | "testmode_charges_only"
            | "api_key_expired"
            | "platform_api_key_expired"
            | "secret_key_required",
        ) => ProviderError::Unauthorized(words),
        (StatusCode::TOO_MANY_REQUESTS, _)
        | (_, "rate_limit" | "lock_timeout" | "idempotency_key_in_use") => connection.throttled(answer),
        (status, _) if status.is_server_error() && answer.header(REPLAYED) == Some("true") => {
            ProviderError::StoredFailure(words)
        }
        (StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED | StatusCode::NOT_FOUND, _) => {
            return match problem {
                Some(problem) if problem.kind == "idempotency_error" => {
                    Problem::Failed(ProviderError::KeyMisused(words))
                }
                Some(problem) => Problem::Refused(Refused {
                    refusal: problem.refusal(),
                    code: problem.code,
                    detail: words,
                }),
                None => Problem::Failed(ProviderError::Unknown(words)),
            };
        }
        _ => ProviderError::Unknown(words),
    };
    Problem::Failed(failed)
}

impl WireProblem {
    fn words(&self) -> String {
        let code = if self.code.is_empty() {
            &self.kind
        } else {
            &self.code
        };
        format!("{}: {}", cut(code), cut(&self.message))
    }

    fn refusal(&self) -> ReversalRefusal {
        match self.code.as_str() {
            "charge_already_refunded" => ReversalRefusal::NothingLeft,
            "charge_disputed" | "refund_disputed_payment" => ReversalRefusal::Disputed,
            // Other things can be missing, too, such as the refund after which a page begins.
            "resource_missing" if PAYMENT_FIELDS.contains(&self.param.as_str()) => {
                ReversalRefusal::UnknownPayment
            }
            _ if self.param == "amount" => ReversalRefusal::NothingLeft,
            _ => ReversalRefusal::Other,
        }
    }
}
