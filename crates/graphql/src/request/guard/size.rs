//! Limits the length of a document.

use async_graphql::ServerError;

use super::limits::MOST_BYTES;
use super::refusal;

/// Refuses a document that is longer.
pub(super) fn check(text: &str) -> Result<(), ServerError> {
    if text.len() <= MOST_BYTES {
        return Ok(());
    }
    let message = format!("The document is larger than {MOST_BYTES} bytes.");
    Err(refusal("DOCUMENT_TOO_LARGE", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_document_is_refused() {
        assert!(check(&" ".repeat(MOST_BYTES)).is_ok());
        assert!(check(&" ".repeat(MOST_BYTES + 1)).is_err());
    }
}
