//! The fields at the root of an operation, with all fragments expanded, and the limit of their number.

use async_graphql::ServerError;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};

use super::refusal;

/// The largest number of fields at the root of a query. Each of them needs its own queries to the database.
const MOST_ROOTS: usize = 30;

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

/// The fields at the root of `operation`. The caller must have checked the size and the depth of the document.
pub(crate) fn root_fields<'a>(
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
) -> Vec<&'a Field> {
    let mut fields = Vec::new();
    collect(document, &operation.selection_set.node, &mut fields);
    fields
}

fn collect<'a>(document: &'a ExecutableDocument, selections: &'a SelectionSet, fields: &mut Vec<&'a Field>) {
    for selection in &selections.items {
        match &selection.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => collect(document, &inline.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
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
