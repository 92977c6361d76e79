//! An e-mail address in the one form in which addresses are compared.

use std::fmt;

/// An e-mail address without space around it, its ASCII letters in lower case.
///
/// Other letters stay as they are. Unicode's lower case maps several letters to the same
/// letter (the KELVIN SIGN to `k`), so the addresses of two people could become the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// The address that `text` means.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_space_around_do_not_make_another_address() {
        assert_eq!(Email::new("  Ada@Example.COM\n"), Email::new("ada@example.com"));
        assert_eq!(Email::new("Ada@Example.COM").as_str(), "ada@example.com");
    }

    #[test]
    fn a_letter_that_only_looks_alike_makes_another_address() {
        for other in [
            "\u{212A}ate@example.com",
            "kate@example.com\u{200B}",
            "ſam@example.com",
        ] {
            assert_ne!(Email::new(other), Email::new("kate@example.com"));
            assert_ne!(Email::new(other), Email::new("sam@example.com"));
            assert_eq!(Email::new(other).as_str(), other);
        }
        assert_ne!(Email::new("İda@example.com"), Email::new("ida@example.com"));
    }
}
