//! Limits the number of fields at the root of a query, and of a subscription to one.

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};

use super::limits::MOST_ROOTS;
use super::refusal;
use crate::request::document::root_fields;

/// Refuses a query with too many fields at its root, and a subscription that has more than one field there. A
/// subscription's field stands outside of fragments, because the engine looks for it nowhere else.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    for (_, operation) in document.operations.iter() {
        let is_query = operation.node.ty == OperationType::Query;
        if is_query && root_fields(document, &operation.node).len() > MOST_ROOTS {
            let message = format!("The query begins with more than {MOST_ROOTS} fields.");
            return Err(refusal("QUERY_TOO_COMPLEX", message));
        }
        let selections = operation.node.selection_set.node.items.as_slice();
        let has_one_field = matches!(selections, [one] if matches!(one.node, Selection::Field(_)));
        if operation.node.ty == OperationType::Subscription && !has_one_field {
            let message = "A subscription has one field at its root, outside of a fragment.";
            return Err(refusal("GRAPHQL_VALIDATION_FAILED", message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::is_acceptable;

    #[test]
    fn a_subscription_has_one_field() {
        assert!(is_acceptable("subscription { orderUpdated { cursor } }"));
        for several in [
            "subscription { a: orderUpdated { cursor } b: orderUpdated { cursor } }",
            "subscription { ...A } fragment A on Subscription { orderUpdated { cursor } }",
            "subscription { ... { orderUpdated { cursor } } }",
            "query A { __typename } subscription B { orderUpdated { cursor } refundUpdated { cursor } }",
        ] {
            assert!(!is_acceptable(several), "{several}");
        }
    }

    #[test]
    fn the_fields_of_fragments_count_too() {
        let fields = "__typename ".repeat(15);
        let fine = format!("{{ ...A ...A }} fragment A on Query {{ ... {{ {fields} }} }}");
        assert!(is_acceptable(&fine));
        assert!(!is_acceptable(&fine.replacen("...A ", "...A ...A ", 1)));
    }
}
