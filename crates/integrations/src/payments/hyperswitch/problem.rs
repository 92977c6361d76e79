//! What Hyperswitch's errors mean.

use countermand_app::ports::ProviderError;
use countermand_domain::ReversalRefusal;
use reqwest::StatusCode;

use super::wire::{WireError, WireProblem};
use crate::http::Answer;
use crate::payments::connection::{Connection, cut};
use crate::payments::problem::{Problem, Refused};

/// The code of a refund whose id was used before.
const DUPLICATE: &str = "HE_01";

/// Whether a refund with the same id was accepted before.
pub(super) fn is_duplicate(no: &Refused) -> bool {
    no.code == DUPLICATE
}

/// What an answer means that is no success.
pub(super) fn problem_of(answer: &Answer, connection: &Connection) -> Problem {
    let problem = answer.json::<WireError>().ok().map(|wire| wire.error);
    let words = match &problem {
        Some(problem) => problem.words(),
        None => format!("the answer has the status {}", answer.status),
    };
    let kind = problem.as_ref().and_then(|problem| problem.kind.as_deref());
    let code = problem.as_ref().and_then(|problem| problem.code.as_deref());
    let code = code.unwrap_or_default();
    let failed = match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ProviderError::Unauthorized(words),
        // Another request holds the payment, or the account asks too often.
        StatusCode::TOO_MANY_REQUESTS | StatusCode::LOCKED => connection.throttled(answer),
        _ if kind == Some("lock_timeout") => connection.throttled(answer),
        status if status.is_server_error() => ProviderError::Unknown(words),
        // The processor failed: the refund may exist, and its id tells.
        _ if code.starts_with("CE_") || code.is_empty() => ProviderError::Unknown(words),
        _ => {
            return Problem::Refused(Refused {
                refusal: refusal_of(answer.status, code),
                code: cut(code),
                detail: words,
            });
        }
    };
    Problem::Failed(failed)
}

impl WireProblem {
    fn words(&self) -> String {
        let code = self.code.as_deref().unwrap_or("no code");
        format!(
            "{}: {}",
            cut(code),
            cut(self.message.as_deref().unwrap_or_default())
        )
    }
}

fn refusal_of(status: StatusCode, code: &str) -> ReversalRefusal {
    match code {
        "HE_02" if status == StatusCode::NOT_FOUND => ReversalRefusal::UnknownPayment,
        "IR_13" => ReversalRefusal::NothingLeft,
        _ => ReversalRefusal::Other,
    }
}
