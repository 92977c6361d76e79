//! The words by which payment providers name the state of a void or a refund.

use countermand_domain::ReversalState;

use crate::http::cut;

/// The largest number of characters of a word that are logged.
const LONGEST_WORD: usize = 40;

/// The `known` state that a provider's `word` stands for. A word that is not known means that the provider works on it.
/// It is logged, because a newer version of the program may know it.
pub(super) fn known_or_pending(adapter: &str, word: &str, known: Option<ReversalState>) -> ReversalState {
    known.unwrap_or_else(|| {
        let word = cut(word, LONGEST_WORD);
        tracing::warn!(
            adapter,
            word,
            "a payment provider names a state that is not known, and that counts as pending"
        );
        ReversalState::Pending
    })
}
