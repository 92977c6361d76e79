//! Limits the number of operations and fragments in a document.

use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument;

use super::limits::{MOST_FRAGMENTS, MOST_OPERATIONS};
use super::refusal;

/// Refuses a document with too many operations or fragments.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    let message = if document.operations.iter().count() > MOST_OPERATIONS {
        format!("The document has more than {MOST_OPERATIONS} operations.")
    } else if document.fragments.len() > MOST_FRAGMENTS {
        format!("The document has more than {MOST_FRAGMENTS} fragments.")
    } else {
        return Ok(());
    };
    Err(refusal("DOCUMENT_TOO_LARGE", message))
}

#[cfg(test)]
mod tests {
    use crate::is_acceptable;

    #[test]
    fn operations_and_fragments_are_counted() {
        let operations = |count: usize| -> String {
            let operation = |n| format!("query Q{n} {{ __typename }} ");
            (0..count).map(operation).collect()
        };
        assert!(is_acceptable(&operations(10)));
        assert!(!is_acceptable(&operations(11)));
        let fragments = |count: usize| -> String {
            let fragment = |n| format!("fragment F{n} on Query {{ __typename }} ");
            let fragments: String = (0..count).map(fragment).collect();
            format!("{{ __typename }} {fragments}")
        };
        assert!(is_acceptable(&fragments(200)));
        assert!(!is_acceptable(&fragments(201)));
    }
}
