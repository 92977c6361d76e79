//! What counts as an e-mail address, and the one form in which addresses are compared.

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

/// The longest address, in bytes (RFC 5321).
pub const LONGEST_EMAIL: usize = 254;

/// Whether `text` has text before and after one `@`, and no space
/// or control character. The mail server checks the rest.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let plain = text
        .chars()
        .all(|it| !it.is_control() && !it.is_whitespace() && !matches!(it, '<' | '>' | '"' | ','));
    let parts = text.split_once('@');
    plain
        && text.len() <= LONGEST_EMAIL
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
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
