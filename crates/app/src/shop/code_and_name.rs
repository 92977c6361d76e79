//! Which codes and names a website, a group and a store view may have.

use crate::error::{UserError, UserErrorCode};

/// Checks Adobe's rule for codes: a code is a letter, then letters, digits and `_`, at most 32 characters.
pub(crate) fn code_error(field: &str, code: &str) -> Option<UserError> {
    let starts = code
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic());
    let rest = code.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let fits = starts && rest && code.len() <= 32;
    (!fits).then(|| {
        let message = "a code begins with a letter and has letters, digits and `_` only, 32 at most";
        UserError::about(field, UserErrorCode::Invalid, message)
    })
}

/// Checks that a name is one line of at most 255 characters.
pub(crate) fn name_error(field: &str, name: &str) -> Option<UserError> {
    let length = name.trim().chars().count();
    let fits = (1..=255).contains(&length) && !name.chars().any(char::is_control);
    (!fits).then(|| {
        UserError::about(
            field,
            UserErrorCode::Invalid,
            "must be a line of 1 to 255 characters",
        )
    })
}

/// The refusal of a code that another website, group or store view has.
pub(crate) fn taken(field: &str, code: &str) -> UserError {
    UserError::about(field, UserErrorCode::Taken, format!("`{code}` exists already"))
}
