//! The answer to a request: the response of the GraphQL specification, and the outcome of the request.

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;
use serde::ser::SerializeMap;

use crate::kit::error::{Category, about_request, refused};

/// The largest number of errors in one answer.
const MOST_ERRORS: usize = 20;
/// The longest error message, in bytes. A message may repeat the input, so its length needs a limit.
const LONGEST_MESSAGE: usize = 300;

/// The answer to a request. Its JSON has `data` only if the operation ran, and `errors` only if there are errors,
/// because storefronts read an empty list of errors as a failure.
#[derive(Debug)]
pub struct ApiAnswer {
    outcome: Outcome,
    response: Response,
    /// The JSON of an answer that was given before, to the same request under the same idempotency key.
    kept: Option<String>,
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The operation ran; some of its fields may have failed.
    Ran,
    /// The operation cannot run, because the request is malformed or exceeds a limit.
    BadRequest,
    /// The bearer token of the request is not valid.
    Unauthenticated,
    /// The idempotency key belongs to another request.
    KeyReused,
    /// The same request runs at this moment under the same idempotency key.
    KeyInUse,
    /// The request asked for a mutation with the method GET.
    MutationByGet,
    /// The caller has sent too many requests.
    RateLimited,
    /// The server failed before the operation ran.
    Failed,
    /// The request took too long. Its changes may have been made nevertheless.
    TimedOut,
}

/// The refusal of a request that did not run: the outcome, and the one error that states the reason.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) outcome: Outcome,
    pub(crate) error: Box<ServerError>,
}

impl ApiAnswer {
    /// The outcome of the request.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the answer holds an error, of a field or of the whole request.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.response.errors.is_empty()
    }

    /// Whether an error of the answer says that the bearer token is not valid, or no longer.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        let code = |error: &ServerError| error.extensions.as_ref().and_then(|it| it.get("code").cloned());
        let mut codes = self.response.errors.iter().filter_map(code);
        codes.any(|code| code == Value::from("UNAUTHENTICATED"))
    }

    /// The errors of the answer as JSON.
    ///
    /// # Errors
    /// When an error has no form in JSON.
    pub fn errors_to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&self.response.errors)
    }

    /// The JSON of the answer.
    ///
    /// # Errors
    /// When a value of the answer has no form in JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        match &self.kept {
            Some(kept) => Ok(kept.clone()),
            None => serde_json::to_string(self),
        }
    }

    /// The refusal of an operation that begins while too many others of the same connection or address run.
    #[must_use]
    pub fn too_many_operations() -> Self {
        let message = "Too many operations run already. Complete one of them first.";
        let error = refused(Category::RateLimit, "TOO_MANY_OPERATIONS", message);
        Self::from(Refused {
            outcome: Outcome::RateLimited,
            error: Box::new(about_request(error)),
        })
    }

    /// An answer that was given before, as JSON.
    pub(crate) fn given_before(json: String) -> Self {
        Self {
            kept: Some(json),
            ..Self::new(Outcome::Ran, Response::default())
        }
    }

    /// Whether a repetition of the request must get this answer: the operation ran, and no error is about the server,
    /// the caller's rights or the number of requests.
    pub(crate) fn is_definite(&self) -> bool {
        let definite = [Category::Input, Category::NoSuchEntity].map(Category::code);
        let is_definite = |error: &ServerError| {
            let category = error.extensions.as_ref().and_then(|it| it.get("category"));
            matches!(category, Some(Value::String(code)) if definite.contains(&code.as_str()))
        };
        self.outcome == Outcome::Ran && self.response.errors.iter().all(is_definite)
    }

    /// The number of seconds after which the caller may send the request again; none if it need not wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<i64> {
        let extensions = self
            .response
            .errors
            .iter()
            .filter_map(|error| error.extensions.as_ref());
        let waits = extensions.filter_map(|extensions| match extensions.get("retry_after") {
            Some(Value::Number(seconds)) => seconds.as_i64(),
            _ => None,
        });
        waits.max()
    }

    /// Counts the errors of the answer by their codes. The codes are this program's own; an error of the engine, such
    /// as an unknown field, has none.
    pub(crate) fn count_errors(&self) {
        for error in &self.response.errors {
            let code = error.extensions.as_ref().and_then(|it| it.get("code"));
            let code = match code {
                Some(Value::String(code)) => code.clone(),
                _ => "GRAPHQL".to_owned(),
            };
            metrics::counter!("countermand_request_errors_total", "code" => code).increment(1);
        }
    }

    /// The answer with the engine's response. An error of a field has a path; an error of the whole operation has
    /// none, which tells that the operation did not run.
    pub(crate) fn of_response(response: Response) -> Self {
        let ran = response.errors.is_empty() || response.errors.iter().any(|error| !error.path.is_empty());
        Self::new(if ran { Outcome::Ran } else { Outcome::BadRequest }, response)
    }

    fn new(outcome: Outcome, mut response: Response) -> Self {
        response.errors.truncate(MOST_ERRORS);
        for error in &mut response.errors {
            shorten(&mut error.message);
        }
        Self {
            outcome,
            response,
            kept: None,
        }
    }
}

impl From<Refused> for ApiAnswer {
    fn from(refused: Refused) -> Self {
        Self::new(refused.outcome, Response::from_errors(vec![*refused.error]))
    }
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self {
            outcome: Outcome::BadRequest,
            error: Box::new(error),
        }
    }
}

impl Serialize for ApiAnswer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.outcome == Outcome::Ran {
            map.serialize_entry("data", &self.response.data)?;
        }
        if self.has_errors() {
            map.serialize_entry("errors", &self.response.errors)?;
        }
        map.end()
    }
}

fn shorten(message: &mut String) {
    if message.len() > LONGEST_MESSAGE {
        let whole = |end: &usize| message.is_char_boundary(*end);
        let end = (0..=LONGEST_MESSAGE).rev().find(whole).unwrap_or_default();
        message.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;
    use serde_json::json;

    use super::*;

    fn error(message: &str) -> ServerError {
        ServerError::new(message, None)
    }

    #[test]
    fn data_is_there_only_if_the_document_ran() {
        let json = |answer: &ApiAnswer| serde_json::to_value(answer).expect("JSON");
        let fine = ApiAnswer::of_response(Response::new(1));
        assert_eq!(json(&fine), json!({ "data": 1 }));
        let invalid = ApiAnswer::of_response(Response::from_errors(vec![error("a")]));
        assert_eq!(json(&invalid), json!({ "errors": [{ "message": "a" }] }));
        let path = vec![PathSegment::Field("customer".into())];
        let failed = Response::from_errors(vec![ServerError { path, ..error("a") }]);
        let failed = ApiAnswer::of_response(failed);
        assert_eq!(failed.outcome(), Outcome::Ran);
        assert_eq!(json(&failed)["data"], json!(null));
        assert!(json(&failed).get("data").is_some());
    }

    #[test]
    fn errors_are_few_and_short() {
        let long = format!("{}ä{}", "a".repeat(LONGEST_MESSAGE - 1), "b".repeat(1_000_000));
        let answer = ApiAnswer::of_response(Response::from_errors(vec![error(&long); 100]));
        assert_eq!(answer.response.errors.len(), MOST_ERRORS);
        assert_eq!(answer.response.errors[0].message, "a".repeat(LONGEST_MESSAGE - 1));
    }
}
