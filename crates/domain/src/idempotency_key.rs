//! The key with which a client marks a request, so that a repetition of it changes nothing and gets the same answer. A
//! key is kept for the days of the setting `idempotency_keys_kept`, whose default and bounds stand here.

use std::fmt;

use thiserror::Error;

/// A key that a client chose for one request: 1 to [`LONGEST_IDEMPOTENCY_KEY`] printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The longest key, in characters.
pub const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// For how many days keys are kept where the setting `idempotency_keys_kept` has its default.
pub(crate) const USUAL_IDEMPOTENCY_KEY_DAYS: i64 = 30;
/// The fewest days that the setting `idempotency_keys_kept` accepts.
pub(crate) const FEWEST_IDEMPOTENCY_KEY_DAYS: i64 = 1;
/// The most days that the setting `idempotency_keys_kept` accepts.
pub(crate) const MOST_IDEMPOTENCY_KEY_DAYS: i64 = 3_650;

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("An idempotency key has 1 to 255 printable ASCII characters, and begins and ends without a space.")]
pub struct NoIdempotencyKey;

impl IdempotencyKey {
    /// The key with this text. A header cannot carry other characters, nor spaces at its ends.
    pub fn new(text: &str) -> Result<Self, NoIdempotencyKey> {
        let is_printable = |byte: u8| (b' '..=b'~').contains(&byte);
        let has_length = (1..=LONGEST_IDEMPOTENCY_KEY).contains(&text.len());
        if has_length && text.bytes().all(is_printable) && text.trim() == text {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoIdempotencyKey)
        }
    }

    /// The text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        let longest = "k".repeat(LONGEST_IDEMPOTENCY_KEY);
        for text in [
            "a",
            "8e03978e-40d5-43e8-bc93-6894a57f9324",
            "a b",
            "~!{}\"'",
            &longest,
        ] {
            assert_eq!(
                IdempotencyKey::new(text).as_ref().map(IdempotencyKey::as_str),
                Ok(text)
            );
        }
        let too_long = format!("{longest}k");
        for text in [
            "", " ", " a", "a ", "a\tb", "a\nb", "a\0", "\u{7f}", "ä", "🔑", &too_long,
        ] {
            assert_eq!(IdempotencyKey::new(text), Err(NoIdempotencyKey), "{text:?}");
        }
    }
}
