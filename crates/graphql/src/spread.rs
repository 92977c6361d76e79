//! How large a document is once its fragments are spread: a kilobyte can spread to billions of fields, and the
//! engine's own checks would walk them all.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// More than any storefront's; a chain of them must not use up the stack.
const MOST_FRAGMENTS: usize = 200;
/// An order page of Adobe's storefronts selects 741 fields.
const MOST_SELECTIONS: u64 = 5_000;

/// Whether `document` stays within what is asked for in earnest.
pub(crate) fn is_bounded(document: &ExecutableDocument) -> bool {
    if document.fragments.len() > MOST_FRAGMENTS {
        return false;
    }
    let mut sizes = Sizes {
        document,
        known: HashMap::new(),
    };
    let operations = document.operations.iter();
    let total = operations.fold(0_u64, |sum, (_, operation)| {
        sum.saturating_add(sizes.of(&operation.node.selection_set.node))
    });
    total <= MOST_SELECTIONS
}

/// Sizes of fragments, each found once.
struct Sizes<'a> {
    document: &'a ExecutableDocument,
    known: HashMap<&'a Name, u64>,
}

impl<'a> Sizes<'a> {
    fn of(&mut self, selections: &'a SelectionSet) -> u64 {
        let mut size = 0_u64;
        for selection in &selections.items {
            let inside = match &selection.node {
                Selection::Field(field) => self.of(&field.node.selection_set.node),
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
            };
            size = size.saturating_add(inside).saturating_add(1);
        }
        size
    }

    /// A fragment that spreads itself counts as nothing inside itself; validation refuses it.
    fn of_fragment(&mut self, name: &'a Name) -> u64 {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return 0;
        };
        self.known.insert(name, 0);
        let size = self.of(&fragment.node.selection_set.node);
        self.known.insert(name, size);
        size
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn bounded(text: &str) -> bool {
        is_bounded(&parse_query(text).expect("a document"))
    }

    #[test]
    fn fragments_that_spread_the_next_twice_are_refused_at_once() {
        let chain = |length: usize| {
            let link = |n: usize| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }}", n + 1);
            let links: String = (0..length).map(link).collect();
            format!("{{ ...f0 }} {links} fragment f{length} on Query {{ __typename }}")
        };
        assert!(bounded(&chain(5)));
        assert!(!bounded(&chain(27)));
        assert!(!bounded(&chain(199)));
        assert!(!bounded(&chain(300)));
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_walked_once() {
        assert!(bounded(
            "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }"
        ));
        assert!(bounded("{ ...missing }"));
    }
}
