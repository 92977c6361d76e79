//! What a password must be made of: what storefronts are told, and what is held to.

use thiserror::Error;

/// Characters that a password has at least.
pub const MIN_PASSWORD_LENGTH: usize = 8;
/// Kinds of characters that a password mixes at least: lower case, upper case, digits, others.
pub const MIN_PASSWORD_CLASSES: usize = 3;
/// Bytes that a password has at most: hashing a longer one must not cost time.
pub const MAX_PASSWORD_LENGTH: usize = 256;

/// Why a password is not taken, in Adobe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// Too short.
    #[error(
        "The password needs at least {MIN_PASSWORD_LENGTH} characters. Create a new password and try again."
    )]
    Short,
    /// Too long.
    #[error("Please enter a password with at most {MAX_PASSWORD_LENGTH} characters.")]
    Long,
    /// Nobody sees a space there.
    #[error("The password can't begin or end with a space. Verify the password and try again.")]
    Space,
    /// Too much of one kind.
    #[error(
        "Minimum of different classes of characters in password is {MIN_PASSWORD_CLASSES}. \
         Classes of characters: Lower Case, Upper Case, Digits, Special Characters."
    )]
    OneKind,
}

/// Holds a new password to the rules.
pub fn check_password_strength(password: &str) -> Result<(), WeakPassword> {
    if password.len() > MAX_PASSWORD_LENGTH {
        return Err(WeakPassword::Long);
    }
    if password.chars().count() < MIN_PASSWORD_LENGTH {
        return Err(WeakPassword::Short);
    }
    if password.trim() != password {
        return Err(WeakPassword::Space);
    }
    let kinds: [fn(char) -> bool; 4] = [char::is_lowercase, char::is_uppercase, char::is_numeric, |it| {
        !it.is_lowercase() && !it.is_uppercase() && !it.is_numeric()
    }];
    let mixed = kinds.iter().filter(|kind| password.chars().any(kind)).count();
    if mixed < MIN_PASSWORD_CLASSES {
        return Err(WeakPassword::OneKind);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_neither_short_nor_long_nor_padded() {
        assert_eq!(check_password_strength("Ädä-1234"), Ok(()));
        assert_eq!(check_password_strength("aaaaAAA1"), Ok(()));
        for one_kind in ["aaaaaaaa", "aaaaAAAA", "12345678", "aaaa1234", "漢字漢字漢字漢字"] {
            assert_eq!(
                check_password_strength(one_kind),
                Err(WeakPassword::OneKind),
                "{one_kind}"
            );
        }
        assert_eq!(check_password_strength("Ädä-123"), Err(WeakPassword::Short));
        assert_eq!(check_password_strength(" Ädä-1234"), Err(WeakPassword::Space));
        assert_eq!(check_password_strength(&"xX-1".repeat(64)), Ok(()));
        assert_eq!(
            check_password_strength(&"xX-1".repeat(65)),
            Err(WeakPassword::Long)
        );
    }

    #[test]
    fn it_says_so_in_the_contracts_words() {
        assert_eq!(
            WeakPassword::Short.to_string(),
            "The password needs at least 8 characters. Create a new password and try again."
        );
    }
}
