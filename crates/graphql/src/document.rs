//! What a request's document tells before it runs.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet, Type,
};
use async_graphql::{Name, Pos, Positioned};

use crate::guard::root_fields;

/// Older storefronts declare variables with the first name; the input is the second one's in all but name.
const RENAMED_INPUT: (&str, &str) = ("OrderInformationInput", "GuestOrderInformationInput");

/// What errors about a document need to know of it: where its arguments stand, and what its variables are.
#[derive(Debug, Default)]
pub(crate) struct DocumentFacts {
    /// The position of each argument, and the name of the field it is given to.
    arguments: HashMap<(usize, usize), String>,
    /// The type of each variable.
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

    /// The field that is given the argument at `position`.
    pub(crate) fn field_with_argument_at(&self, position: Pos) -> Option<&str> {
        self.arguments
            .get(&(position.line, position.column))
            .map(String::as_str)
    }

    /// The type that the variable `name` is declared with.
    pub(crate) fn type_of_variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The parser limits how deep selections are nested.
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

/// Whether the operation called `wanted`, or the only one, is not a query.
pub(crate) fn asks_for_mutation(document: &ExecutableDocument, wanted: Option<&str>) -> bool {
    let mut operations = document.operations.iter();
    let runs = |name: Option<&str>| wanted.is_none_or(|wanted| name == Some(wanted));
    operations
        .any(|(name, operation)| runs(name.map(Name::as_str)) && operation.node.ty != OperationType::Query)
}

/// The operation called `wanted`, or the only one.
fn operation<'a>(document: &'a ExecutableDocument, wanted: Option<&str>) -> Option<&'a OperationDefinition> {
    let runs = |name: Option<&Name>| wanted.is_none_or(|wanted| name.is_some_and(|name| name == wanted));
    let mut operations = document.operations.iter();
    let found = operations.find(|(name, _)| runs(*name));
    found.map(|(_, operation)| &operation.node)
}

/// How many things the operation called `wanted`, or the only one, does; none for a query.
pub(crate) fn mutation_count(document: &ExecutableDocument, wanted: Option<&str>) -> u32 {
    let mutation = operation(document, wanted).filter(|it| it.ty == OperationType::Mutation);
    let count = mutation.map_or(0, |mutation| root_fields(document, mutation).len());
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The names under which the operation called `wanted`, or the only one, answers, in its order.
pub(crate) fn response_keys(document: &ExecutableDocument, wanted: Option<&str>) -> Vec<Name> {
    let fields = operation(document, wanted).map_or_else(Vec::new, |it| root_fields(document, it));
    let key = |field: &&Field| field.response_key().node.clone();
    fields.iter().map(key).collect()
}

/// Lets variables be declared with an input's older name: no strict schema could take both (the two inputs
/// have the same fields).
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
