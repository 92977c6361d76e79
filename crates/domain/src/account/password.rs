//! The rules for passwords. Storefronts show these rules, and the server checks them.

use thiserror::Error;

/// The least number of characters of a password.
pub const MIN_PASSWORD_LENGTH: usize = 8;
/// The least number of kinds of characters in a password: lower case, upper case, digits, others.
pub const MIN_PASSWORD_CLASSES: usize = 3;
/// The largest number of bytes of a password, so that hashing a long password costs no extra time.
pub const MAX_PASSWORD_LENGTH: usize = 256;

/// Why a password is refused, in Adobe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// The password is too short.
    #[error(
        "The password needs at least {MIN_PASSWORD_LENGTH} characters. Create a new password and try again."
    )]
    Short,
    /// The password is too long.
    #[error("Please enter a password with at most {MAX_PASSWORD_LENGTH} characters.")]
    Long,
    /// The password begins or ends with a space, which a person cannot see.
    #[error("The password can't begin or end with a space. Verify the password and try again.")]
    Space,
    /// The password has too few kinds of characters.
    #[error(
        "Minimum of different classes of characters in password is {MIN_PASSWORD_CLASSES}. \
         Classes of characters: Lower Case, Upper Case, Digits, Special Characters."
    )]
    OneKind,
}

/// Checks a new password against the rules.
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
