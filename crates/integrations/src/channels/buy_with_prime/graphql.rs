//! The operations of the API, and how its errors are read.

use serde_json::Value;

use crate::channels::body;

/// The version of the API, which each request names.
pub(super) const VERSION: &str = "2024-11-01";

/// Reads an order with its line items, and the states of their packages and cancellations.
pub(super) const ORDER: &str = "query order($order: OrderIdentifierInput!) {
  order(orderIdentifier: $order) {
    id
    metadata { createdAt updatedAt executionState }
    packageInformation { details { id state reason } }
    lineItems {
      id
      amount { value }
      product { title }
      packageInformation { details { id state reason } }
      cancellations { details { aliases { aliasType aliasId } state reason requestedBy } }
    }
  }
}";

/// Asks to cancel all Buy with Prime items of an order.
pub(super) const CANCEL_ORDER: &str =
    "mutation cancelOrder($order: OrderIdentifierInput!, $input: CancelOrderInput) {
  cancelOrder(orderIdentifier: $order, input: $input) {
    cancellation { id state aliases { aliasType aliasId } }
  }
}";

/// An error of the API: its published type, its code, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) kind: ErrorKind,
    pub(super) code: String,
    pub(super) text: String,
}

/// The types of errors that make a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorKind {
    /// Too many requests; the API did nothing.
    Throttling,
    /// The token does not allow it.
    AccessDenied,
    /// The API failed and may have acted.
    InternalServer,
    /// What is named does not exist.
    NotFound,
    /// The request is refused for another reason.
    Refused,
}

/// The first error of an answer; none without one. Where an answer has the type and the code is not published, so both
/// are looked for beside the message and in `extensions`.
pub(super) fn first_error(answer: &Value) -> Option<ApiError> {
    let error = answer["errors"].as_array()?.first()?;
    let extensions = &error["extensions"];
    let word = |places: &[&Value]| places.iter().find_map(|place| place.as_str()).map(body::cut);
    let kind = word(&[
        &error["errorType"],
        &extensions["errorType"],
        &extensions["type"],
        &extensions["classification"],
    ]);
    let code = word(&[
        &error["errorCode"],
        &error["errorInfo"]["code"],
        &extensions["errorCode"],
        &extensions["code"],
    ]);
    let name = kind.as_deref().or(code.as_deref()).unwrap_or_default();
    Some(ApiError {
        kind: ErrorKind::of(name),
        code: code.or(kind).unwrap_or_else(|| "UNKNOWN".into()),
        text: body::cut(error["message"].as_str().unwrap_or_default()),
    })
}

impl ErrorKind {
    fn of(name: &str) -> Self {
        let name = name
            .strip_suffix("Error")
            .or_else(|| name.strip_suffix("Exception"));
        match name.unwrap_or_default() {
            "Throttling" => Self::Throttling,
            "AccessDenied" => Self::AccessDenied,
            "InternalServer" => Self::InternalServer,
            "ResourceNotFound" => Self::NotFound,
            _ => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_type_and_the_code_of_an_error_are_found_where_they_are() {
        for (error, kind, code) in [
            (
                json!({ "message": "Wait.", "errorType": "ThrottlingError" }),
                ErrorKind::Throttling,
                "ThrottlingError",
            ),
            (
                json!({ "message": "No.", "extensions": { "errorType": "ValidationError", "errorCode": "OrderShipped" } }),
                ErrorKind::Refused,
                "OrderShipped",
            ),
            (
                json!({ "extensions": { "code": "ResourceNotFoundException" } }),
                ErrorKind::NotFound,
                "ResourceNotFoundException",
            ),
            (json!({ "message": "Odd." }), ErrorKind::Refused, "UNKNOWN"),
        ] {
            let read = first_error(&json!({ "data": null, "errors": [error] })).expect("an error");
            assert_eq!((read.kind, read.code.as_str()), (kind, code), "{error}");
        }
        assert_eq!(first_error(&json!({ "data": {} })), None);
    }
}
