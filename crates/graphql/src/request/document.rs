//! Facts about a document that are known before it runs.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet, Type,
};
use async_graphql::{Name, Pos, Positioned};

/// The older and the current name of one input type. Older storefronts declare their variables with the older name.
const RENAMED_INPUT: (&str, &str) = ("OrderInformationInput", "GuestOrderInformationInput");

/// The facts that error messages need: the positions of a document's arguments, and the types of its variables.
#[derive(Debug, Default)]
pub(crate) struct DocumentFacts {
    /// The name of the field of each argument, by the argument's line and column.
    arguments: HashMap<(usize, usize), String>,
    /// The type of each variable, by the variable's name.
    variables: HashMap<String, String>,
}

impl DocumentFacts {
    /// The facts of `document`.
    pub(crate) fn of(document: &ExecutableDocument) -> Self {
        let mut facts = Self::default();
        for (_, operation) in document.operations.iter() {
            for variable in &operation.node.variable_definitions {
                let (name, var_type) = (&variable.node.name.node, &variable.node.var_type.node);
                facts.variables.insert(name.to_string(), var_type.to_string());
            }
            facts.note_arguments(&operation.node.selection_set.node);
        }
        for fragment in document.fragments.values() {
            facts.note_arguments(&fragment.node.selection_set.node);
        }
        facts
    }

    /// The name of the field whose argument is at `position`.
    pub(crate) fn field_with_argument_at(&self, position: Pos) -> Option<&str> {
        self.arguments
            .get(&(position.line, position.column))
            .map(String::as_str)
    }

    /// The declared type of the variable `name`.
    pub(crate) fn type_of_variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Notes the arguments of `selections`. The recursion is safe, because the parser limits the depth of selections.
    fn note_arguments(&mut self, selections: &SelectionSet) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    for (argument, _) in &field.node.arguments {
                        let at = (argument.pos.line, argument.pos.column);
                        self.arguments.insert(at, field.node.name.node.to_string());
                    }
                    self.note_arguments(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.note_arguments(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Whether `document` selects a field `name` anywhere, also in an operation that does not run.
pub(crate) fn selects_field(document: &ExecutableDocument, name: &str) -> bool {
    let mut operations = document.operations.iter();
    operations.any(|(_, operation)| has_field(&operation.node.selection_set.node, name))
        || document
            .fragments
            .values()
            .any(|fragment| has_field(&fragment.node.selection_set.node, name))
}

/// Whether a field `name` is among `selections` or below one of them. The recursion is safe, because the parser limits
/// the depth of selections.
fn has_field(selections: &SelectionSet, name: &str) -> bool {
    selections.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            field.node.name.node == name || has_field(&field.node.selection_set.node, name)
        }
        Selection::InlineFragment(fragment) => has_field(&fragment.node.selection_set.node, name),
        Selection::FragmentSpread(_) => false,
    })
}

/// Whether the operation `wanted` is anything but a query; without a name, whether any operation is.
pub(crate) fn asks_for_mutation(document: &ExecutableDocument, wanted: Option<&str>) -> bool {
    let mut operations = document.operations.iter();
    let runs = |name: Option<&str>| wanted.is_none_or(|wanted| name == Some(wanted));
    operations
        .any(|(name, operation)| runs(name.map(Name::as_str)) && operation.node.ty != OperationType::Query)
}

/// The operation `wanted`; without a name, the first operation.
pub(crate) fn operation<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let runs = |name: Option<&Name>| wanted.is_none_or(|wanted| name.is_some_and(|name| name == wanted));
    let mut operations = document.operations.iter();
    let found = operations.find(|(name, _)| runs(*name));
    found.map(|(_, operation)| &operation.node)
}

/// Whether the operation `wanted`, or the first operation without a name, is a subscription.
pub(crate) fn is_subscription(document: &ExecutableDocument, wanted: Option<&str>) -> bool {
    operation(document, wanted).is_some_and(|it| it.ty == OperationType::Subscription)
}

/// The number of mutations in the operation `wanted`, or in the first operation without a name; 0 for a query.
pub(crate) fn mutation_count(document: &ExecutableDocument, wanted: Option<&str>) -> u32 {
    let mutation = operation(document, wanted).filter(|it| it.ty == OperationType::Mutation);
    let count = mutation.map_or(0, |mutation| root_fields(document, mutation).len());
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Replaces the older name of an input type in the declarations of variables by the current name.
///
/// Both types have the same fields, but a strict schema cannot accept variables of both types for one argument.
pub(crate) fn rename_older_inputs(document: &mut ExecutableDocument) {
    let operations: Vec<&mut Positioned<_>> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        for variable in &mut operation.node.variable_definitions {
            rename(&mut variable.node.var_type.node);
        }
    }
}

fn rename(declared: &mut Type) {
    let (older, name) = RENAMED_INPUT;
    if let BaseType::Named(named) = &mut declared.base
        && *named == older
    {
        *named = Name::new(name);
    }
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
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn only_the_operation_that_runs_counts() {
        let document =
            parse_query("query A { storeConfig { code } } mutation B { revokeCustomerToken { result } }")
                .expect("a document");
        assert!(!asks_for_mutation(&document, Some("A")));
        assert!(asks_for_mutation(&document, Some("B")));
        assert!(asks_for_mutation(&document, None));
    }

    #[test]
    fn what_a_mutation_does_is_counted_through_its_fragments() {
        let document = parse_query(
            "query A { storeConfig { code } } \
             mutation B { one: revokeCustomerToken { result } ... { two: revokeCustomerToken { result } } ...C } \
             fragment C on Mutation { three: revokeCustomerToken { result } }",
        )
        .expect("a document");
        assert_eq!(mutation_count(&document, Some("A")), 0);
        assert_eq!(mutation_count(&document, Some("B")), 3);
        assert_eq!(mutation_count(&document, Some("D")), 0);
    }

    #[test]
    fn a_field_is_found_at_any_depth_and_in_fragments() {
        let document = parse_query(
            "query A { customer { orders { items { ... on CustomerOrder { money: refunds { state } } } } } } \
             query B { storeConfig { code } ...C } fragment C on Query { refund: availableStores { store_code } }",
        )
        .expect("a document");
        for name in ["customer", "refunds", "state", "availableStores", "store_code"] {
            assert!(selects_field(&document, name), "{name}");
        }
        for name in ["money", "refund", "C", "CustomerOrder"] {
            assert!(!selects_field(&document, name), "{name}");
        }
    }

    #[test]
    fn variables_may_be_declared_with_the_older_name() {
        let mut document =
            parse_query("query($input: OrderInformationInput!) { guestOrder(input: $input) { number } }")
                .expect("a document");
        rename_older_inputs(&mut document);
        let facts = DocumentFacts::of(&document);
        assert_eq!(
            facts.type_of_variable("input"),
            Some("GuestOrderInformationInput!")
        );
    }
}
