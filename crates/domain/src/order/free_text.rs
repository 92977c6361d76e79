//! Texts that people type: how long they may be, and which characters they may have.

use thiserror::Error;

/// Why a text that a person typed is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FreeTextProblem {
    /// The text is too long.
    #[error("it has more than {0} characters")]
    TooLong(usize),
    /// The text has characters that are not shown or that change the direction of other text.
    #[error("it has control characters other than line breaks and tabs")]
    ControlCharacter,
}

/// `text` without the space around it, if it has at most `longest` characters and no control characters.
pub(crate) fn free_text(text: &str, longest: usize) -> Result<&str, FreeTextProblem> {
    let text = text.trim();
    if text.chars().count() > longest {
        Err(FreeTextProblem::TooLong(longest))
    } else if text.chars().any(is_refused) {
        Err(FreeTextProblem::ControlCharacter)
    } else {
        Ok(text)
    }
}

/// Control characters, and the marks that change the direction of the text around them.
fn is_refused(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    is_control || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
