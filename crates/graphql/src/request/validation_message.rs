//! Words the engine's own errors as the contract does (`docs/contract.md` section 3.1, row 0), and adds a category and
//! a code.
//!
//! The engine reports its errors as text only. Only a text that has exactly the expected form is reworded.

use async_graphql::ServerError;

use super::document::DocumentFacts;
use super::input_types::InputTypes;
use crate::kit::error::Category;

/// `error` as the contract words it. An error that has a category already is not the engine's and does not change.
pub(crate) fn in_adobe_words(error: ServerError, asked: &DocumentFacts, types: &InputTypes) -> ServerError {
    if error
        .extensions
        .as_ref()
        .is_some_and(|it| it.get("category").is_some())
    {
        return error;
    }
    let message = missing_field(&error, asked, types).or_else(|| missing_variable(&error, asked));
    with_code(
        ServerError {
            message: message.unwrap_or_else(|| error.message.clone()),
            ..error
        },
        "GRAPHQL_VALIDATION_FAILED",
    )
}

/// `error` of the parser, with a category and a code.
pub(crate) fn unreadable(error: ServerError) -> ServerError {
    with_code(error, "GRAPHQL_PARSE_FAILED")
}

fn with_code(error: ServerError, code: &str) -> ServerError {
    let mut extensions = error.extensions.unwrap_or_default();
    extensions.set("category", Category::Input.code());
    extensions.set("code", code);
    ServerError {
        extensions: Some(extensions),
        ..error
    }
}

/// The message for a missing field: `Field CancelOrderInput.reason of required type String! was not provided.`
fn missing_field(error: &ServerError, asked: &DocumentFacts, types: &InputTypes) -> Option<String> {
    let text = error.message.strip_prefix("Invalid value for argument \"")?;
    let text = text.strip_suffix("\" is required but not provided")?;
    let (path, text) = text.split_once("\", field \"")?;
    let (field, field_type) = text.split_once("\" of type \"")?;
    let owner = asked.field_with_argument_at(*error.locations.first()?)?;
    let input = types.input_at(owner, path, field)?;
    Some(format!(
        "Field {input}.{field} of required type {field_type} was not provided."
    ))
}

/// The message for a missing variable: `Variable "$input" of required type "CancelOrderInput!" was not provided.`
fn missing_variable(error: &ServerError, asked: &DocumentFacts) -> Option<String> {
    let name = error
        .message
        .strip_prefix("Variable ")?
        .strip_suffix(" is not defined.")?;
    let variable_type = asked.type_of_variable(name)?;
    Some(format!(
        "Variable \"${name}\" of required type \"{variable_type}\" was not provided."
    ))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{Request, Variables};
    use serde_json::{Value, json};

    use super::*;
    use crate::request::known_schema::KnownSchema;

    /// The message, the category and the code of the first error of a request.
    async fn refused(query: &str, variables: Value) -> [String; 3] {
        let known = KnownSchema::get(true);
        let facts = DocumentFacts::of(&parse_query(query).expect("a document"));
        let request = Request::new(query).variables(Variables::from_json(variables));
        let error = known
            .schema
            .execute(request)
            .await
            .errors
            .into_iter()
            .next()
            .expect("an error");
        let error = in_adobe_words(error, &facts, &known.input_types);
        let extensions = error.extensions.unwrap_or_default();
        let text = |name: &str| {
            let value = extensions.get(name).cloned().unwrap_or_default();
            value
                .into_json()
                .ok()
                .and_then(|it| it.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        [error.message, text("category"), text("code")]
    }

    async fn message(query: &str, variables: Value) -> String {
        let [message, category, _] = refused(query, variables).await;
        assert_eq!(category, "graphql-input");
        message
    }

    #[tokio::test]
    async fn a_missing_field_is_named_as_the_contract_does() {
        let literal = r#"mutation { cancelOrder(input: { order_id: "MQ==" }) { error } }"#;
        let expected = "Field CancelOrderInput.reason of required type String! was not provided.";
        assert_eq!(message(literal, json!({})).await, expected);

        let variable = "mutation Cancel($input: CancelOrderInput!) { cancelOrder(input: $input) { error } }";
        let asked = message(variable, json!({ "input": { "reason": "Other" } })).await;
        assert_eq!(
            asked,
            "Field CancelOrderInput.order_id of required type ID! was not provided."
        );

        let guest = r#"mutation { requestGuestOrderCancel(input: { reason: "Other" }) { error } }"#;
        let expected = "Field GuestOrderCancelInput.token of required type String! was not provided.";
        assert_eq!(message(guest, json!({})).await, expected);

        let confirm = r#"mutation { confirmCancelOrder(input: { order_id: "MQ==" }) { error } }"#;
        let expected =
            "Field ConfirmCancelOrderInput.confirmation_key of required type String! was not provided.";
        assert_eq!(message(confirm, json!({})).await, expected);
    }

    #[tokio::test]
    async fn a_missing_field_within_another_is_named_too() {
        let sorted = "{ customer { orders(sort: { sort_field: NUMBER }) { total_count } } }";
        let expected =
            "Field CustomerOrderSortInput.sort_direction of required type SortEnum! was not provided.";
        assert_eq!(message(sorted, json!({})).await, expected);

        let reasons = r#"mutation { updateCancellationConfig(input: { scope: DEFAULT, reasons: [{ code: "x" }] })
                         { user_errors { code } } }"#;
        let expected = "Field ReasonInput.description of required type String! was not provided.";
        assert_eq!(message(reasons, json!({})).await, expected);
    }

    #[tokio::test]
    async fn a_missing_variable_is_named() {
        let query = "mutation Cancel($input: CancelOrderInput!) { cancelOrder(input: $input) { error } }";
        let expected = "Variable \"$input\" of required type \"CancelOrderInput!\" was not provided.";
        assert_eq!(message(query, json!({})).await, expected);
    }

    #[tokio::test]
    async fn all_other_validation_errors_keep_their_text_and_get_a_code() {
        let [message, category, code] = refused("{ storeConfig { nothing } }", json!({})).await;
        assert!(
            message.starts_with("Unknown field \"nothing\" on type \"StoreConfig\"."),
            "{message}"
        );
        assert_eq!(
            [category.as_str(), code.as_str()],
            ["graphql-input", "GRAPHQL_VALIDATION_FAILED"]
        );
    }
}
