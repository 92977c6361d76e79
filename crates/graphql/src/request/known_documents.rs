//! The documents of recent requests. A storefront sends the same few documents again and again, and to parse one takes
//! longer than most operations.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument;
use hashlink::LruCache;
use serde_json::Value;

use super::document::rename_older_inputs;
use super::guard;

/// The largest sum of the weights of all kept documents, in bytes of text. In memory, a
/// parsed document is about twenty times as long as its text.
const MOST_WEIGHT: usize = 256 * 1024;
/// The weight of a document beside its text: the shortest document takes a kilobyte or two.
const EMPTY_WEIGHT: usize = 128;
/// The longest text that is kept, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// Documents that passed all checks, by their texts.
#[derive(Default)]
pub(super) struct KnownDocuments(Mutex<Kept>);

struct Kept {
    documents: LruCache<Box<str>, Arc<ExecutableDocument>>,
    /// The sum of the weights of the documents.
    weight: usize,
}

impl KnownDocuments {
    /// The parsed document of `text`, if it may run with `variables`; a refusal otherwise.
    pub(super) fn admit(
        &self,
        text: &str,
        variables: &Value,
    ) -> Result<Arc<ExecutableDocument>, ServerError> {
        if let Some(known) = self.kept().documents.get(text).cloned() {
            guard::check_again(&known, variables)?;
            return Ok(known);
        }
        let mut document = guard::admit(text, variables)?;
        rename_older_inputs(&mut document);
        let document = Arc::new(document);
        // A text with values in quotes is rarely sent again, and may hold a password.
        if text.len() <= LONGEST_TEXT && !text.contains('"') {
            self.kept().keep(text, document.clone());
        }
        Ok(document)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // No code panics while it has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Keeps a document, and forgets those that were not used for the longest time.
    fn keep(&mut self, text: &str, document: Arc<ExecutableDocument>) {
        if self.documents.insert(text.into(), document).is_none() {
            self.weight += weight(text);
        }
        while self.weight > MOST_WEIGHT
            && let Some((oldest, _)) = self.documents.remove_lru()
        {
            self.weight -= weight(&oldest);
        }
    }
}

fn weight(text: &str) -> usize {
    text.len() + EMPTY_WEIGHT
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            documents: LruCache::new_unbounded(),
            weight: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_known_document_is_checked_with_the_variables_of_each_request() {
        let known = KnownDocuments::default();
        let page = "query Q($n: Int) { customer { orders(pageSize: $n) { items { \
                    orders(pageSize: $n) { items { id number status } } } } } }";
        let first = known.admit(page, &json!({ "n": 20 })).expect("a small page");
        let again = known.admit(page, &json!({ "n": 20 })).expect("a small page");
        assert!(Arc::ptr_eq(&first, &again));
        assert!(known.admit(page, &json!({ "n": 300 })).is_err());
        assert!(known.admit(page, &json!({ "n": 20 })).is_ok());
    }

    #[test]
    fn a_refused_document_and_a_document_with_values_are_not_kept() {
        let known = KnownDocuments::default();
        assert!(known.admit("{ nonsense", &Value::Null).is_err());
        let sign_in = "mutation { generateCustomerToken(email: \"a@b.c\", password: \"secret\") { token } }";
        assert!(known.admit(sign_in, &Value::Null).is_ok());
        assert!(known.kept().documents.is_empty());
    }

    #[test]
    fn the_documents_that_were_not_used_for_the_longest_time_are_forgotten() {
        let known = KnownDocuments::default();
        let document = |index: usize| {
            let comment = "x".repeat(1_000);
            format!("{{ storeConfig {{ a{index}: store_code }} }} # {comment}")
        };
        for index in 0..1_000 {
            assert!(known.admit(&document(index), &Value::Null).is_ok());
            assert!(known.admit(&document(0), &Value::Null).is_ok());
        }
        let kept = known.kept();
        assert!(kept.weight <= MOST_WEIGHT && kept.weight > MOST_WEIGHT / 2);
        let sum: usize = kept.documents.iter().map(|(text, _)| weight(text)).sum();
        assert_eq!(kept.weight, sum);
        assert!(kept.documents.peek(document(0).as_str()).is_some());
        assert!(kept.documents.peek(document(1).as_str()).is_none());
    }
}
