//! Limits the size of a document with all its fragments expanded.
//!
//! A document of one kilobyte can expand to billions of fields, and the engine's own checks would visit them all. This
//! check visits each fragment once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, ServerError};
use serde_json::Value;

use super::limits::{
    MOST_ALIASES, MOST_DEPTH, MOST_DIRECTIVES, MOST_LEVELS, MOST_SCHEMA_LISTS, MOST_SELECTIONS, MOST_VALUES,
};
use super::list_length::PageSizes;
use super::refusal;

/// The fields of the introspection schema through which a query can go round in circles.
const SCHEMA_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// Refuses a document that exceeds a limit of this file, or has a fragment that spreads itself.
pub(super) fn check(document: &ExecutableDocument, variables: &Value) -> Result<(), ServerError> {
    let mut walk = Walk {
        document,
        pages: PageSizes::of(document, variables),
        known: HashMap::new(),
    };
    let mut total = Cost::default();
    for (_, operation) in document.operations.iter() {
        total.add(walk.of(&operation.node.selection_set.node, 1)?);
        total.directives += length(operation.node.directives.len());
    }
    total.check()?;
    // Fragments without a spread count as well, because the engine validates them.
    for name in document.fragments.keys() {
        walk.of_fragment(name, 1)?.check()?;
    }
    Ok(())
}

/// The cost of selections. The first three numbers are the deepest nesting, the others are sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cost {
    levels: u64,
    depth: u64,
    schema_lists: u64,
    selections: u64,
    values: u64,
    aliases: u64,
    directives: u64,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.levels = self.levels.max(other.levels);
        self.depth = self.depth.max(other.depth);
        self.schema_lists = self.schema_lists.max(other.schema_lists);
        self.selections = self.selections.saturating_add(other.selections);
        self.values = self.values.saturating_add(other.values);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
    }

    fn check(self) -> Result<(), ServerError> {
        let too_deep = [
            (self.depth, MOST_DEPTH, "levels"),
            (
                self.schema_lists,
                MOST_SCHEMA_LISTS,
                "lists of the schema in each other",
            ),
        ];
        let too_complex = [
            (self.selections, MOST_SELECTIONS, "fields"),
            (self.values, MOST_VALUES, "values"),
            (self.aliases, MOST_ALIASES, "aliases"),
            (self.directives, MOST_DIRECTIVES, "directives"),
        ];
        for (code, limits) in [
            ("QUERY_TOO_DEEP", too_deep.as_slice()),
            ("QUERY_TOO_COMPLEX", too_complex.as_slice()),
        ] {
            if let Some((_, most, what)) = limits.iter().find(|(asked, most, _)| asked > most) {
                return Err(refusal(
                    code,
                    format!("The document asks for more than {most} {what}."),
                ));
            }
        }
        Ok(())
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    pages: PageSizes<'a>,
    /// The cost of each fragment that was visited; none while the visit is under way.
    known: HashMap<&'a Name, Option<Cost>>,
}

impl<'a> Walk<'a> {
    /// The cost of `selections` at `level`. A level beyond the limit is refused, so that this recursion stays within
    /// the limit.
    fn of(&mut self, selections: &'a SelectionSet, level: u64) -> Result<Cost, ServerError> {
        check_level(level)?;
        let mut total = Cost::default();
        for selection in &selections.items {
            let (inside, directives) = match &selection.node {
                Selection::Field(field) => (self.of_field(&field.node, level + 1)?, &field.node.directives),
                Selection::InlineFragment(inline) => (
                    self.of(&inline.node.selection_set.node, level + 1)?,
                    &inline.node.directives,
                ),
                Selection::FragmentSpread(spread) => (
                    self.of_fragment(&spread.node.fragment_name.node, level + 1)?,
                    &spread.node.directives,
                ),
            };
            total.add(inside);
            total.add(Cost {
                selections: 1,
                directives: length(directives.len()),
                ..Cost::default()
            });
        }
        total.levels += 1;
        Ok(total)
    }

    fn of_field(&mut self, field: &'a Field, level: u64) -> Result<Cost, ServerError> {
        let selections = &field.selection_set.node;
        let inside = if selections.items.is_empty() {
            Cost::default()
        } else {
            self.of(selections, level)?
        };
        let is_schema_list = SCHEMA_LISTS.contains(&field.name.node.as_str());
        Ok(Cost {
            depth: inside.depth.saturating_add(1),
            schema_lists: inside.schema_lists + u64::from(is_schema_list),
            values: inside
                .values
                .saturating_mul(self.pages.of_field(field))
                .saturating_add(1),
            aliases: inside.aliases.saturating_add(field.alias.is_some().into()),
            ..inside
        })
    }

    /// The cost of a fragment. A fragment that does not exist costs 0, because the engine's validation refuses it.
    fn of_fragment(&mut self, name: &'a Name, level: u64) -> Result<Cost, ServerError> {
        match self.known.get(name) {
            Some(Some(known)) => return check_level(level + known.levels.saturating_sub(1)).map(|()| *known),
            Some(None) => {
                let message = format!("Cannot spread fragment \"{name}\" within itself.");
                return Err(refusal("GRAPHQL_VALIDATION_FAILED", message));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Cost::default());
        };
        self.known.insert(name, None);
        let mut cost = self.of(&fragment.node.selection_set.node, level)?;
        cost.directives = cost
            .directives
            .saturating_add(length(fragment.node.directives.len()));
        self.known.insert(name, Some(cost));
        Ok(cost)
    }
}

fn check_level(level: u64) -> Result<(), ServerError> {
    if level <= MOST_LEVELS {
        return Ok(());
    }
    let message = format!("The document nests its selections deeper than {MOST_LEVELS} levels.");
    Err(refusal("QUERY_TOO_DEEP", message))
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    /// The code of the refusal; empty if the document is accepted.
    fn refused(text: &str, variables: &Value) -> String {
        let document = parse_query(text).expect("a document");
        let Err(refusal) = check(&document, variables) else {
            return String::new();
        };
        let code = refusal.extensions.and_then(|it| it.get("code").cloned());
        code.map(|it| it.to_string().replace('"', "")).unwrap_or_default()
    }

    fn is_fine(text: &str) -> bool {
        refused(text, &Value::Null).is_empty()
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        let spread = |times: usize| {
            let fields = "a ".repeat(99);
            format!(
                "{{ {} }} fragment F on Query {{ {fields} }}",
                "...F ".repeat(times)
            )
        };
        assert!(is_fine(&spread(50)));
        assert_eq!(refused(&spread(51), &Value::Null), "QUERY_TOO_COMPLEX");
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        for circle in [
            "{ ...a } fragment a on Query { ...a }",
            "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }",
            "{ x } fragment a on Query { b { c { ...a } } }",
        ] {
            assert_eq!(refused(circle, &Value::Null), "GRAPHQL_VALIDATION_FAILED");
        }
        assert!(is_fine("{ ...missing }"));
    }

    #[test]
    fn depth_goes_through_fragments() {
        let nested = |levels: usize| format!("{}a{}", "a { ".repeat(levels - 1), " }".repeat(levels - 1));
        assert!(is_fine(&format!("{{ {} }}", nested(20))));
        assert_eq!(
            refused(&format!("{{ {} }}", nested(21)), &Value::Null),
            "QUERY_TOO_DEEP"
        );
        let halves = |levels: usize| {
            format!(
                "{{ a {{ ...F }} }} fragment F on Query {{ ... on Query {{ {} }} }}",
                nested(levels)
            )
        };
        assert!(is_fine(&halves(19)));
        assert!(!is_fine(&halves(20)));
    }

    #[test]
    fn pages_multiply() {
        let fields = "a ".repeat(300);
        let orders = format!("query($n: Int) {{ customer {{ orders(pageSize: $n) {{ {fields} }} }} }}");
        assert!(refused(&orders, &json!({ "n": 300 })).is_empty());
        let returns = orders.replace("a ", "returns { a } ");
        assert!(refused(&returns, &json!({ "n": 10 })).is_empty());
        assert_eq!(refused(&returns, &json!({ "n": 300 })), "QUERY_TOO_COMPLEX");
        assert!(!is_fine(&returns.replace("$n)", "300)")));
    }

    #[test]
    fn the_schema_may_be_asked_for_but_not_in_circles() {
        let circle = |times: usize| {
            let round = "fields { type { ".repeat(times);
            format!(
                "{{ __schema {{ types {{ {round} name {} }} }} }}",
                "} ".repeat(times * 2)
            )
        };
        assert!(is_fine(&circle(2)));
        assert_eq!(refused(&circle(3), &Value::Null), "QUERY_TOO_DEEP");
    }

    #[test]
    fn aliases_and_directives_are_counted() {
        let aliases = |count: usize| (0..count).fold(String::new(), |text, n| format!("{text}a{n}: b "));
        assert!(is_fine(&format!("{{ {} }}", aliases(30))));
        assert!(!is_fine(&format!("{{ {} }}", aliases(31))));
        let directives = |count: usize| "@skip(if: true) ".repeat(count);
        assert!(is_fine(&format!("{{ a {} }}", directives(50))));
        assert!(!is_fine(&format!("{{ a {} }}", directives(51))));
        assert!(!is_fine(&format!("{{ ... {} {{ a }} }}", directives(51))));
        assert!(!is_fine(&format!("query {} {{ a }}", directives(51))));
        assert!(!is_fine(&format!(
            "{{ ...F }} fragment F on Query {} {{ a }}",
            directives(51)
        )));
    }
}
