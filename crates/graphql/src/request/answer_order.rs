//! The sequence of the fields in an answer: that of the document, at every level.
//!
//! The engine returns the fields of a query in the sequence in which they get ready, and
//! those of other objects in the sequence of the document, if the object is `serial`.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value};

/// The response keys of one selection set in their sequence, each with those below it.
#[derive(Debug, Default)]
pub(crate) struct AnswerOrder(Vec<(Name, AnswerOrder)>);

impl AnswerOrder {
    /// The sequence that `operation` asks for.
    ///
    /// Fragments are unfolded: the guard bounds how many fields a document has then.
    pub(crate) fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let mut order = Self::default();
        order.add(document, &operation.selection_set.node);
        order
    }

    /// Brings the fields of `data` into the sequence.
    pub(crate) fn apply(&self, data: &mut Value) {
        match data {
            Value::List(elements) => elements.iter_mut().for_each(|element| self.apply(element)),
            // The engine keeps the sequence almost everywhere.
            Value::Object(fields)
                if fields.len() == self.0.len()
                    && fields.keys().zip(&self.0).all(|(key, (it, _))| key == it) =>
            {
                for (value, (_, below)) in fields.values_mut().zip(&self.0) {
                    if !below.0.is_empty() {
                        below.apply(value);
                    }
                }
            }
            Value::Object(fields) => {
                let place = |key: &Name| self.0.iter().position(|(it, _)| it == key);
                if !fields.keys().is_sorted_by_key(place) {
                    fields.sort_by_cached_key(|key, _| place(key));
                }
                for (key, below) in &self.0 {
                    if !below.0.is_empty()
                        && let Some(value) = fields.get_mut(key)
                    {
                        below.apply(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, document: &ExecutableDocument, selections: &SelectionSet) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let at = self.0.iter().position(|(it, _)| it == key);
                    let at = at.unwrap_or_else(|| {
                        self.0.push((key.clone(), Self::default()));
                        self.0.len() - 1
                    });
                    self.0[at].1.add(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.add(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_stand_in_the_sequence_of_the_document() -> Result<(), Box<dyn std::error::Error>> {
        let document = parse_query(
            "query Q { b { z ...F y: x } a { ... on T { q } p } } fragment F on B { n { k j } z m }",
        )?;
        let operation = document.operations.iter().next().ok_or("an operation")?.1;
        let mut data = Value::from_json(json!({
            "a": [{ "p": 1, "q": 2 }, null, { "q": 3, "p": 4 }],
            "b": { "m": 1, "n": { "j": 1, "k": 2 }, "y": 5, "z": null },
        }))?;
        AnswerOrder::of(&document, &operation.node).apply(&mut data);
        let expected =
            r#"{"b":{"z":null,"n":{"k":2,"j":1},"m":1,"y":5},"a":[{"q":2,"p":1},null,{"q":3,"p":4}]}"#;
        assert_eq!(serde_json::to_string(&data)?, expected);
        Ok(())
    }
}
