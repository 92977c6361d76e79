//! What Adyen's errors mean.

use countermand_app::ports::{ProviderAnswer, ProviderError};
use countermand_domain::ReversalRefusal;
use reqwest::StatusCode;
use serde::Deserialize;

use crate::http::Answer;
use crate::payments::connection::{Connection, cut};

/// The code of a request whose key is in use at the moment.
const IN_PROGRESS: &str = "704";
/// The code of a request about a payment that Adyen does not know.
const UNKNOWN_PAYMENT: &str = "167";

/// Why Adyen does not do it.
#[derive(Default, Deserialize)]
struct WireProblem {
    #[serde(rename = "errorCode")]
    code: Option<String>,
    message: Option<String>,
}

/// What an answer means that is no success.
pub(super) fn answer_of(answer: &Answer, connection: &Connection) -> Result<ProviderAnswer, ProviderError> {
    let problem: Option<WireProblem> = answer.json().ok();
    let is_readable = problem.as_ref().is_some_and(|problem| problem.code.is_some());
    let WireProblem { code, message } = problem.unwrap_or_default();
    let code = code.unwrap_or_default();
    let words = if is_readable {
        format!("{}: {}", cut(&code), cut(&message.unwrap_or_default()))
    } else {
        format!("the answer has the status {}", answer.status)
    };
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(ProviderError::Unauthorized(words)),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT => Err(connection.throttled(answer)),
        StatusCode::UNPROCESSABLE_ENTITY if code == IN_PROGRESS => Err(connection.throttled(answer)),
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY if is_readable => {
            Ok(ProviderAnswer::Refused {
                refusal: if code == UNKNOWN_PAYMENT {
                    ReversalRefusal::UnknownPayment
                } else {
                    ReversalRefusal::Other
                },
                detail: words,
            })
        }
        _ => Err(ProviderError::Unknown(words)),
    }
}
