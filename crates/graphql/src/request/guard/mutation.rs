//! Limits the number of changes in one mutation, and refuses repeated ones.
//!
//! The specification merges fields with the same response key into one field, but the engine runs each of them.

use std::collections::HashSet;

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, OperationType};

use super::limits::MOST_CHANGES;
use super::refusal;
use crate::request::document::root_fields;

/// Refuses a mutation with too many fields at its root, or with two fields of the same response key.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    for (_, operation) in document.operations.iter() {
        if operation.node.ty != OperationType::Mutation {
            continue;
        }
        let fields = root_fields(document, &operation.node);
        if fields.len() > MOST_CHANGES {
            let message = format!("The mutation has more than {MOST_CHANGES} fields.");
            return Err(refusal("QUERY_TOO_COMPLEX", message));
        }
        let mut keys = HashSet::new();
        if let Some(again) = fields.iter().find(|it| !keys.insert(&it.response_key().node)) {
            let key = &again.response_key().node;
            let message = format!("The mutation has the field \"{key}\" twice.");
            return Err(refusal("MUTATION_REPEATED", message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::is_acceptable;

    #[test]
    fn nothing_is_done_twice_under_one_name() {
        let twice = [
            "mutation { revokeCustomerToken { result } revokeCustomerToken { result } }",
            "mutation { a: revokeCustomerToken { result } a: createEmptyCart }",
            "mutation { ...A revokeCustomerToken { result } } fragment A on Mutation { revokeCustomerToken { result } }",
            "mutation { revokeCustomerToken { result } ... @include(if: true) { revokeCustomerToken { result } } }",
            "query Q { __typename } mutation M { a: createEmptyCart a: createEmptyCart }",
        ];
        for document in twice {
            assert!(!is_acceptable(document), "{document}");
        }
        assert!(is_acceptable(
            "mutation { a: createEmptyCart b: createEmptyCart }"
        ));
    }

    #[test]
    fn no_more_than_five_changes_are_made_at_once() {
        let changes = |count: usize| {
            let fields = (0..count).fold(String::new(), |text, n| format!("{text}a{n}: createEmptyCart "));
            format!("mutation {{ {fields} }}")
        };
        assert!(is_acceptable(&changes(5)));
        assert!(!is_acceptable(&changes(6)));
    }
}
