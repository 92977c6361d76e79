//! What a request is answered: the specification's response, and what became of the request.

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;
use serde::ser::SerializeMap;

/// The most errors in one answer.
const MOST_ERRORS: usize = 20;
/// The longest message, in bytes: they repeat what was sent.
const LONGEST_MESSAGE: usize = 300;

/// The answer to a request. As JSON it has `data` if the document ran, and `errors` if there are any: storefronts
/// take an empty list for a failure.
#[derive(Debug)]
pub struct ApiAnswer {
    outcome: Outcome,
    response: Response,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its document ran; fields may have failed.
    Ran,
    /// Its document cannot run.
    BadRequest,
    /// Its token is not valid.
    Unauthenticated,
    /// It came by GET and asked for a change.
    MutationByGet,
    /// It came too soon.
    RateLimited,
    /// The server failed before the document ran.
    Failed,
    /// It took too long; what it asked for may have been done.
    TimedOut,
}

/// A request that did not run, with the one error that says why.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) outcome: Outcome,
    pub(crate) error: Box<ServerError>,
}

impl ApiAnswer {
    /// What became of the request.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether any field failed, or the whole request.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.response.errors.is_empty()
    }

    /// In how many seconds to ask again, if it or a part of it came too soon.
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

    /// The engine's response: errors in the document have no path, those of fields have one.
    pub(crate) fn of_response(response: Response) -> Self {
        let ran = response.errors.is_empty() || response.errors.iter().any(|error| !error.path.is_empty());
        Self::new(if ran { Outcome::Ran } else { Outcome::BadRequest }, response)
    }

    fn new(outcome: Outcome, mut response: Response) -> Self {
        response.errors.truncate(MOST_ERRORS);
        for error in &mut response.errors {
            shorten(&mut error.message);
        }
        Self { outcome, response }
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
