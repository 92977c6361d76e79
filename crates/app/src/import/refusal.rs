//! Why one order was not taken, said so that a person can mend it.

use std::fmt::Display;

use countermand_domain::MoneyError;
use thiserror::Error;

const LONGEST_VALUE: usize = 80;

/// Which field of which order holds which value, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {problem}{}", in_brackets(value))]
pub struct OrderRefusal {
    /// The order's increment number, where it could be read.
    pub number: Option<String>,
    /// Where in the order, `items[3].qty_ordered`.
    pub field: String,
    /// What is there, at most 80 characters of it; empty where nothing is.
    pub value: String,
    /// What is wrong, as the rest of a sentence that the field begins.
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

    /// The same, seen from outside `section`.
    pub(super) fn within(mut self, section: impl Display) -> Self {
        self.field = format!("{section}.{}", self.field);
        self
    }
}

/// Sums are bounded before they are made, so this says no more than that they were not.
impl From<MoneyError> for OrderRefusal {
    fn from(error: MoneyError) -> Self {
        Self::new("grand_total", "", format!("does not add up: {error}"))
    }
}

/// What a terminal shows safely.
fn shorten(value: &str) -> String {
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
