//! Why one order was not imported, explained so that a person can correct the order.

use std::fmt::Display;

use countermand_domain::{MoneyError, OrderNumber};
use thiserror::Error;

const LONGEST_VALUE: usize = 80;

/// The field of the order, its value, and what is wrong with the value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {problem}{}", in_brackets(value))]
pub struct OrderRefusal {
    /// The order's increment number, where it could be read.
    pub number: Option<OrderNumber>,
    /// The path of the field in the order, such as `items[3].qty_ordered`.
    pub field: String,
    /// The value of the field, at most 80 characters of it; empty where the field is absent.
    pub value: String,
    /// The problem, as the rest of a sentence that begins with the field.
    pub problem: String,
}

impl OrderRefusal {
    pub(super) fn new(field: &str, value: &str, problem: impl Into<String>) -> Self {
        Self {
            number: None,
            field: field.into(),
            value: shorten(value),
            problem: problem.into(),
        }
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::new(field, "", "is missing")
    }

    /// The same refusal, with the field's path beginning at `section`.
    pub(super) fn within(mut self, section: impl Display) -> Self {
        self.field = format!("{section}.{}", self.field);
        self
    }
}

/// Sums are bounded before they are computed, so this conversion says only that a sum was out of bounds.
impl From<MoneyError> for OrderRefusal {
    fn from(error: MoneyError) -> Self {
        Self::new("grand_total", "", format!("does not add up: {error}"))
    }
}

/// Shortens a value, and replaces control characters, which are not safe in a terminal.
pub(super) fn shorten(value: &str) -> String {
    let visible = |it: char| if it.is_control() { ' ' } else { it };
    value.chars().take(LONGEST_VALUE).map(visible).collect()
}

fn in_brackets(value: &str) -> String {
    if value.is_empty() {
        String::new()
    } else {
        format!(" (`{value}`)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_that_fits_a_line() {
        let refusal = OrderRefusal::new("qty_ordered", "-1", "must not be below zero").within("items[3]");
        assert_eq!(
            refusal.to_string(),
            "items[3].qty_ordered must not be below zero (`-1`)"
        );
        assert_eq!(OrderRefusal::missing("state").to_string(), "state is missing");
        let long = OrderRefusal::new("sku", &"\u{1b}é".repeat(500), "is too long");
        assert_eq!(long.value.chars().count(), LONGEST_VALUE);
        assert!(!long.value.contains('\u{1b}'));
    }
}
