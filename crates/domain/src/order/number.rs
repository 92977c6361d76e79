//! What counts as an order number.

use std::fmt;

/// The increment number of an order, which is unique in its store view.
///
/// The text stays exactly as it was given, and two numbers are the same only if their texts are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// The order number that `text` is.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The order number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest order number, in characters, as in Adobe's own column. Marketplaces make numbers of more than 20.
pub const LONGEST_ORDER_NUMBER: usize = 50;

/// The longest order number, in characters, that Adobe's storefront
/// components tell from the token of a guest's order (`docs/contract.md` section 7).
pub const LONGEST_STOREFRONT_NUMBER: usize = 20;

/// Whether an imported order may have the number `text`: 1 to 50 letters, digits, `_`, `-`, `.` or `/`.
#[must_use]
pub fn is_order_number(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    (1..=LONGEST_ORDER_NUMBER).contains(&text.len()) && text.bytes().all(is_plain)
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<&str> for OrderNumber {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for OrderNumber {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<OrderNumber> for String {
    fn from(number: OrderNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_number_counts() {
        assert_eq!(OrderNumber::new(" a-1 ").as_str(), " a-1 ");
        for other in ["A-1", "a-1 ", "a-01", ""] {
            assert_ne!(OrderNumber::new(other), OrderNumber::new("a-1"));
        }
    }

    #[test]
    fn a_number_has_few_and_plain_characters() {
        for number in [
            "1",
            "000000001",
            "A_b-2.3",
            "2030/17",
            &"9".repeat(LONGEST_ORDER_NUMBER),
        ] {
            assert!(is_order_number(number), "{number}");
        }
        for other in [
            "",
            "1 2",
            "é",
            "1\\2",
            "1#2",
            &"9".repeat(LONGEST_ORDER_NUMBER + 1),
        ] {
            assert!(!is_order_number(other), "{other}");
        }
    }
}
