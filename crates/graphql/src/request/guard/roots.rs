//! Limits the number of fields at the root of a query.

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, OperationType};

use super::limits::MOST_ROOTS;
use super::refusal;
use crate::request::document::root_fields;

/// Refuses a query with too many fields at its root.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    for (_, operation) in document.operations.iter() {
        let is_query = operation.node.ty == OperationType::Query;
        if is_query && root_fields(document, &operation.node).len() > MOST_ROOTS {
            let message = format!("The query begins with more than {MOST_ROOTS} fields.");
            return Err(refusal("QUERY_TOO_COMPLEX", message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::is_acceptable;

    #[test]
    fn the_fields_of_fragments_count_too() {
        let fields = "__typename ".repeat(15);
        let fine = format!("{{ ...A ...A }} fragment A on Query {{ ... {{ {fields} }} }}");
        assert!(is_acceptable(&fine));
        assert!(!is_acceptable(&fine.replacen("...A ", "...A ...A ", 1)));
    }
}
