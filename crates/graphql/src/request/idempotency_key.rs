//! Finds the idempotency key of a request, and writes the request as a text that is equal for equal requests.

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Error, Value};
use countermand_domain::IdempotencyKey;

use super::canonical::RequestText;
use super::document::{operation, root_fields};
use super::given_variables::{Arguments, GivenVariables};
use crate::kit::error::{Category, refused};
use crate::kit::repeat::KEY_FIELD;

/// A mutation with its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyedMutation {
    pub(crate) key: IdempotencyKey,
    /// The name of the mutation.
    pub(crate) name: String,
    /// The order token or the confirmation key in the input; without one, the whole text.
    pub(crate) proof: String,
    /// The mutation, its input and its selections, without the key.
    pub(crate) text: String,
}

/// The mutations that take no key.
const WITHOUT_KEY: [&str; 6] = [
    // These change nothing here: accounts need no confirmation.
    "confirmEmail",
    "resendConfirmationEmail",
    // The answer is a new token for each request, and no token is kept where it could be read again.
    "generateCustomerToken",
    // Afterwards the token names no caller any more, to whom an answer could belong.
    "revokeCustomerToken",
    // These only read: their answers are of now. An export is noted in the audit log each time.
    "exportCustomer",
    "previewCancellation",
];

/// Whether the mutation `name` takes an idempotency key.
fn takes_key(name: &str) -> bool {
    !WITHOUT_KEY.contains(&name)
}

/// Whether the field `idempotency_key` of the mutation's input has a meaning of its own. The header works as everywhere.
fn has_own_field(name: &str) -> bool {
    name == "bulkCancelOrders"
}

/// The keyed mutation of a request whose headers hold `keys`; none if the request has no key, or has no mutation that
/// takes one.
pub(crate) fn keyed_mutation(
    document: &ExecutableDocument,
    wanted: Option<&str>,
    variables: &serde_json::Value,
    keys: &[String],
) -> Result<Option<KeyedMutation>, Error> {
    let Some(mutation) = operation(document, wanted).filter(|it| it.ty == OperationType::Mutation) else {
        return Ok(None);
    };
    let given = GivenVariables::of(mutation, variables);
    let mut fields = Vec::new();
    for field in root_fields(document, mutation) {
        let name = field.name.node.as_str();
        if name != "__typename" {
            fields.push((name, field, given.of_field(field)));
        }
    }
    let has_key = |name: &str, arguments: &Arguments| !keys.is_empty() || key_in(name, arguments).is_some();
    if !fields
        .iter()
        .any(|(name, _, arguments)| takes_key(name) && has_key(name, arguments))
    {
        return Ok(None);
    }
    let [(name, field, arguments)] = fields.as_slice() else {
        return Err(invalid("A request with an idempotency key has one mutation."));
    };
    let key = one_key(keys, key_in(name, arguments))?;
    let key = IdempotencyKey::new(key).map_err(|problem| invalid(&problem.to_string()))?;
    let arguments = without_key(name, arguments);
    let mut text = RequestText::new(document, &given);
    text.push_field(field, &arguments);
    let text = text.finish();
    Ok(Some(KeyedMutation {
        key,
        name: (*name).to_owned(),
        proof: proof_in(&arguments).unwrap_or_else(|| text.clone()),
        text,
    }))
}

/// The key in the arguments of the mutation `name`.
fn key_in<'a>(name: &str, arguments: &'a Arguments) -> Option<&'a str> {
    if has_own_field(name) {
        return None;
    }
    text_in(arguments, KEY_FIELD)
}

/// The text of the argument `wanted`, or of the field with this name in the argument `input`.
fn text_in<'a>(arguments: &'a Arguments, wanted: &str) -> Option<&'a str> {
    arguments.iter().find_map(|(name, value)| match value {
        Value::String(text) if *name == wanted => Some(text.as_str()),
        Value::Object(fields) if *name == "input" => match fields.get(wanted) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    })
}

fn without_key(name: &str, arguments: &Arguments) -> Arguments {
    let mut arguments = arguments.clone();
    if !has_own_field(name) {
        arguments.retain(|(name, _)| *name != KEY_FIELD);
        for (name, value) in &mut arguments {
            if let (true, Value::Object(fields)) = (*name == "input", value) {
                fields.swap_remove(KEY_FIELD);
            }
        }
    }
    arguments
}

/// What a guest proves their right with. Guests with different proofs have no keys in common.
fn proof_in(arguments: &Arguments) -> Option<String> {
    let names = ["token", "confirmation_key"];
    let proof = names.iter().find_map(|name| text_in(arguments, name));
    proof.map(str::to_owned)
}

fn one_key<'a>(of_headers: &'a [String], of_field: Option<&'a str>) -> Result<&'a str, Error> {
    let mut keys = of_headers.iter().map(String::as_str).chain(of_field);
    let first = keys.next().unwrap_or_default();
    if keys.all(|key| key == first) {
        Ok(first)
    } else {
        Err(invalid("The request has several idempotency keys, which differ."))
    }
}

fn invalid(message: &str) -> Error {
    refused(Category::Input, "IDEMPOTENCY_KEY_INVALID", message)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn keyed(
        query: &str,
        variables: &serde_json::Value,
        headers: &[&str],
    ) -> Result<Option<KeyedMutation>, String> {
        let document = parse_query(query).expect("a document");
        let headers: Vec<_> = headers.iter().map(|it| (*it).to_owned()).collect();
        keyed_mutation(&document, None, variables, &headers).map_err(|error| error.message)
    }

    fn text(query: &str, variables: &serde_json::Value) -> String {
        keyed(query, variables, &["k"])
            .expect("accepted")
            .expect("a key")
            .text
    }

    const BY_VARIABLE: &str = "mutation($i: HoldOrderInput!) { holdOrder(input: $i) { order { id } } }";

    #[test]
    fn equal_requests_have_equal_texts() {
        let asked = text(
            BY_VARIABLE,
            &json!({ "i": { "order_id": "1", "b": [1, null, true] } }),
        );
        let same = [
            (
                "mutation { holdOrder(input: { b: [1, null, true], order_id: \"1\" }) { order { id } } }",
                json!(null),
            ),
            (
                "mutation M($o: ID = \"1\") { ...F } fragment F on Mutation { holdOrder(input: { order_id: $o, \
              idempotency_key: \"k\", b: [1, null, true] }) { order { ...O } } } fragment O on X { id }",
                json!({}),
            ),
        ];
        assert_eq!(asked, text(same[0].0, &same[0].1));
        // A fragment's type condition is a part of what is asked for.
        let spread = text(same[1].0, &same[1].1);
        assert_eq!(asked.replace("{id{}}", "{...X{id{}}}"), spread);
    }

    #[test]
    fn other_requests_have_other_texts() {
        let asked = text(BY_VARIABLE, &json!({ "i": { "order_id": "1" } }));
        for (query, variables) in [
            (BY_VARIABLE, json!({ "i": { "order_id": "2" } })),
            (BY_VARIABLE, json!({ "i": { "order_id": "1", "reason": null } })),
            (
                "mutation { unholdOrder(input: { order_id: \"1\" }) { order { id } } }",
                json!(null),
            ),
            (
                "mutation { holdOrder(input: { order_id: \"1\" }) { order { number } } }",
                json!(null),
            ),
            (
                "mutation { a: holdOrder(input: { order_id: \"1\" }) { order { id } } }",
                json!(null),
            ),
            (
                "mutation { holdOrder(input: { order_id: \"1\" }) { order { id @skip(if: true) } } }",
                json!(null),
            ),
        ] {
            assert_ne!(asked, text(query, &variables), "{query}");
        }
    }

    #[test]
    fn a_key_is_in_the_input_or_in_a_header() {
        let hold = |key: &str| {
            format!("mutation {{ holdOrder(input: {{ order_id: 1 {key} }}) {{ order {{ id }} }} }}")
        };
        let key = |query: &str, headers: &[&str]| {
            keyed(query, &json!({}), headers).map(|it| it.map(|it| it.key.to_string()))
        };
        assert_eq!(key(&hold(""), &[]), Ok(None));
        assert_eq!(key(&hold("idempotency_key: null"), &[]), Ok(None));
        assert_eq!(key(&hold("idempotency_key: \"a\""), &[]), Ok(Some("a".into())));
        assert_eq!(key(&hold(""), &["a"]), Ok(Some("a".into())));
        assert_eq!(key(&hold("idempotency_key: \"a\""), &["a"]), Ok(Some("a".into())));
        assert!(key(&hold("idempotency_key: \"a\""), &["b"]).is_err());
        assert!(key(&hold(""), &["a", "b"]).is_err());
        assert!(key(&hold("idempotency_key: \"\""), &[]).is_err());
        assert!(key("mutation { a: holdOrder { id } b: holdOrder { id } }", &["a"]).is_err());
        assert_eq!(key("{ storeConfig { code } }", &["a"]), Ok(None));
        assert_eq!(
            key("mutation { revokeCustomerToken { result } }", &["a"]),
            Ok(None)
        );
        let own = "mutation { bulkCancelOrders(input: { idempotency_key: \"a\" }) { user_errors { code } } }";
        assert_eq!(key(own, &[]), Ok(None));
        assert_eq!(key(own, &["b"]), Ok(Some("b".into())));
    }

    #[test]
    fn guests_are_told_apart_by_their_proofs() {
        let proof = |input: &str| {
            let query = format!("mutation {{ requestGuestOrderCancel(input: {{ {input} }}) {{ error }} }}");
            keyed(&query, &json!({}), &["k"])
                .expect("accepted")
                .expect("a key")
                .proof
        };
        assert_eq!(proof("token: \"t\", reason: \"a\""), "t");
        assert_eq!(proof("order_id: 1, confirmation_key: \"c\""), "c");
        assert_ne!(proof("reason: \"a\""), proof("reason: \"b\""));
    }
}
