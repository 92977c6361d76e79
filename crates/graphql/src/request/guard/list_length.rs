//! Estimates how many entries the list of a field can have, from the arguments of the field.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{ExecutableDocument, Field, TypeKind, TypeSystemDefinition};
use async_graphql::{Name, Value};

use super::limits::LARGEST_PAGE;
use crate::schema::sdl;

/// The arguments that state the number of entries on a page.
const ARGUMENTS: [&str; 2] = ["pageSize", "first"];
/// Fields whose pages are always empty (`crate::adobe`). The order page of Adobe's storefronts asks for fifty returns
/// in each of twenty orders, which must not count.
const ALWAYS_EMPTY: [&str; 1] = ["returns"];

/// The default page size of each field in the schema, by the name of the field.
static USUAL_PAGES: LazyLock<HashMap<String, u64>> = LazyLock::new(usual_pages);

/// The page sizes in the variables of a request: the values that were sent, or else the defaults in the document.
pub(super) struct PageSizes<'a> {
    sent: &'a serde_json::Value,
    declared: HashMap<&'a Name, u64>,
}

impl<'a> PageSizes<'a> {
    pub(super) fn of(document: &'a ExecutableDocument, sent: &'a serde_json::Value) -> Self {
        let mut declared: HashMap<&Name, u64> = HashMap::new();
        for (_, operation) in document.operations.iter() {
            for variable in &operation.node.variable_definitions {
                let default = variable.node.default_value.as_ref();
                if let Some(default) = default.and_then(|it| number(&it.node)) {
                    // A fragment may belong to several operations, so the largest default counts.
                    let known = declared.entry(&variable.node.name.node).or_default();
                    *known = default.max(*known);
                }
            }
        }
        Self { sent, declared }
    }

    /// The largest number of entries that `field` can return; 1 if the field has no pages.
    pub(super) fn of_field(&self, field: &Field) -> u64 {
        if ALWAYS_EMPTY.contains(&field.name.node.as_str()) {
            return 1;
        }
        let usual = USUAL_PAGES.get(field.name.node.as_str()).copied();
        let said = ARGUMENTS.iter().find_map(|name| field.get_argument(name));
        // The conversion to a constant replaces the variables in the value.
        let said = said.and_then(|value| {
            let value = value.node.clone();
            let known = value.into_const_with(|name| self.of_variable(&name).map(Value::from).ok_or(()));
            number(&known.ok()?)
        });
        said.or(usual).unwrap_or(1).clamp(1, LARGEST_PAGE)
    }

    fn of_variable(&self, name: &Name) -> Option<u64> {
        let sent = self.sent.get(name.as_str());
        match sent.filter(|value| !value.is_null()) {
            Some(sent) => Some(sent.as_u64().unwrap_or(LARGEST_PAGE)),
            None => self.declared.get(name).copied(),
        }
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn usual_pages() -> HashMap<String, u64> {
    let mut pages: HashMap<String, u64> = HashMap::new();
    for definition in parse_schema(sdl()).map(|it| it.definitions).unwrap_or_default() {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let TypeKind::Object(object) = definition.node.kind else {
            continue;
        };
        for field in object.fields {
            let mut arguments = field.node.arguments.into_iter();
            let page = arguments.find(|it| ARGUMENTS.contains(&it.node.name.node.as_str()));
            let default = page.and_then(|it| it.node.default_value);
            if let Some(default) = default.and_then(|it| number(&it.node)) {
                // Fields of different objects may have the same name, so the largest default counts.
                let known = pages.entry(field.node.name.node.to_string()).or_default();
                *known = default.max(*known);
            }
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::Selection;
    use serde_json::json;

    use super::*;

    fn page(query: &str, variables: &serde_json::Value) -> u64 {
        let document = parse_query(query).expect("a document");
        let sizes = PageSizes::of(&document, variables);
        let (_, operation) = document.operations.iter().next().expect("an operation");
        match &operation.node.selection_set.node.items[0].node {
            Selection::Field(field) => sizes.of_field(&field.node),
            other => panic!("{other:?} is no field"),
        }
    }

    #[test]
    fn a_page_is_as_large_as_it_is_asked_for() {
        assert_eq!(page("{ orders(pageSize: 7) { id } }", &json!({})), 7);
        assert_eq!(page("{ orders(first: 7) { id } }", &json!({})), 7);
        assert_eq!(page("{ orders(first: 1000000) { id } }", &json!({})), 300);
        assert_eq!(page("{ orders(first: -1) { id } }", &json!({})), 20);
        assert_eq!(page("{ auditLog { id } }", &json!({})), 50);
        assert_eq!(page("{ storeConfig { id } }", &json!({})), 1);
    }

    #[test]
    fn a_page_without_entries_counts_once() {
        assert_eq!(page("{ returns(pageSize: 50) { items { uid } } }", &json!({})), 1);
    }

    #[test]
    fn a_page_may_come_as_a_variable() {
        let query = "query($n: Int = 9) { orders(pageSize: $n) { id } }";
        assert_eq!(page(query, &json!({ "n": 7 })), 7);
        assert_eq!(page(query, &json!({ "n": -7 })), 300);
        assert_eq!(page(query, &json!({})), 9);
        assert_eq!(page(query, &json!(null)), 9);
        assert_eq!(page(&query.replace(" = 9", ""), &json!({})), 20);
    }
}
