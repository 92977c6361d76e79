//! Limits the number of values in an answer by what was loaded: how many items an order has is known only then.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, ServerError};

use super::error::{Category, refused};

/// The largest number of values in the lists of an answer. A value takes about 100 bytes.
pub(crate) const MOST_LOADED_VALUES: u64 = 500_000;
/// The number of values after which the other requests of the server get their turn. It takes about a millisecond.
pub(crate) const VALUES_IN_A_TURN: u64 = 1_000;

/// The values that the lists of one answer may still have.
#[derive(Debug)]
pub(crate) struct AnswerBudget {
    document: Arc<ExecutableDocument>,
    /// The number of fields below each field with a selection, by its place in the document. They are counted when the
    /// first list asks for them; many answers have no list.
    sizes: OnceLock<HashMap<Pos, u64>>,
    taken: AtomicU64,
}

impl AnswerBudget {
    /// The budget of an answer to `document`, which the guard has accepted.
    pub(crate) fn of(document: Arc<ExecutableDocument>) -> Self {
        Self {
            document,
            sizes: OnceLock::new(),
            taken: AtomicU64::new(0),
        }
    }

    /// Gives the whole budget back: the next update of a subscription is an answer of its own.
    pub(crate) fn renew(&self) {
        self.taken.store(0, Ordering::Relaxed);
    }

    /// The number of values of one entry of the list `field`.
    pub(crate) fn values_of_entry(&self, field: &Positioned<Field>) -> u64 {
        let sizes = self.sizes.get_or_init(|| sizes_of(&self.document));
        sizes.get(&field.pos).copied().unwrap_or_default().max(1)
    }

    /// Takes `values` from the budget; an error for `field` if the answer would get too large.
    pub(crate) fn take(&self, values: u64, field: &Positioned<Field>) -> Result<(), ServerError> {
        let taken = self
            .taken
            .fetch_add(values, Ordering::Relaxed)
            .saturating_add(values);
        if taken <= MOST_LOADED_VALUES {
            return Ok(());
        }
        let message = format!(
            "The answer would have more than {MOST_LOADED_VALUES} values. Ask for fewer orders or fields at a time."
        );
        Err(refused(Category::Input, "QUERY_TOO_COMPLEX", message).into_server_error(field.pos))
    }
}

/// The number of fields below each field with a selection.
fn sizes_of(document: &ExecutableDocument) -> HashMap<Pos, u64> {
    let mut walk = Walk {
        document,
        sizes: HashMap::new(),
        fragments: HashMap::new(),
    };
    for (_, operation) in document.operations.iter() {
        walk.of(&operation.node.selection_set.node);
    }
    walk.sizes
}

/// Counts the fields below each field, fragments included. The guard has limited how many there are.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    sizes: HashMap<Pos, u64>,
    fragments: HashMap<&'a Name, u64>,
}

impl<'a> Walk<'a> {
    fn of(&mut self, selections: &'a SelectionSet) -> u64 {
        selections
            .items
            .iter()
            .map(|selection| match &selection.node {
                Selection::Field(field) => {
                    let below = self.of(&field.node.selection_set.node);
                    if below > 0 {
                        self.sizes.insert(field.pos, below);
                    }
                    below.saturating_add(1)
                }
                Selection::InlineFragment(inline) => self.of(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
            })
            .fold(0, u64::saturating_add)
    }

    fn of_fragment(&mut self, name: &'a Name) -> u64 {
        if let Some(size) = self.fragments.get(name) {
            return *size;
        }
        let document = self.document;
        let size = document
            .fragments
            .get(name)
            .map_or(0, |fragment| self.of(&fragment.node.selection_set.node));
        self.fragments.insert(name, size);
        size
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn an_entry_counts_its_fields_with_fragments_spread() -> Result<(), Box<dyn std::error::Error>> {
        let text = "{ orders { id ...F ... on Order { number } } } fragment F on Order { total { tax { value } } items { sku } }";
        let document = parse_query(text)?;
        let mut sizes: Vec<_> = sizes_of(&document).into_values().collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 1, 2, 7], "tax, items, total and orders");
        Ok(())
    }
}
