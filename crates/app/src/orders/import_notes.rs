//! What an import has to say about orders that it took. Equal notes on several orders are told once.

use std::collections::BTreeMap;
use std::fmt;

use countermand_domain::OrderNumber;

/// The most different notes that are told; all are counted.
const MOST_TOLD: usize = 1000;
/// The most orders that a note names.
const MOST_NAMED: usize = 3;

/// The notes of an import, in the sequence of the first order of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportNotes {
    told: Vec<ImportNote>,
    /// The position of each text in `told`.
    positions: BTreeMap<String, usize>,
    untold: u64,
}

/// What an import changed in orders, or which parts of them contradict each other.
///
/// Its text is `order 1: TEXT`, or `20 orders (1, 2, 3, ...): TEXT` if it is about several orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    text: String,
    /// The first of the orders.
    orders: Vec<OrderNumber>,
    last: OrderNumber,
    count: u64,
}

impl ImportNotes {
    /// The notes, at most a thousand.
    #[must_use]
    pub fn told(&self) -> &[ImportNote] {
        &self.told
    }

    /// The number of notes that are not among those of [`ImportNotes::told`].
    #[must_use]
    pub fn untold(&self) -> u64 {
        self.untold
    }

    /// Adds a note on `order`. The same note twice on one order counts once.
    pub(crate) fn add(&mut self, order: &OrderNumber, text: &str) {
        if let Some(note) = self.positions.get(text).and_then(|at| self.told.get_mut(*at)) {
            note.add(order);
        } else if self.told.len() < MOST_TOLD {
            self.positions.insert(text.to_owned(), self.told.len());
            self.told.push(ImportNote {
                text: text.to_owned(),
                orders: vec![order.clone()],
                last: order.clone(),
                count: 1,
            });
        } else {
            self.untold += 1;
        }
    }
}

impl ImportNote {
    fn add(&mut self, order: &OrderNumber) {
        if self.last == *order {
            return;
        }
        self.count += 1;
        self.last = order.clone();
        if self.orders.len() < MOST_NAMED {
            self.orders.push(order.clone());
        }
    }
}

impl fmt::Display for ImportNote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<&str> = self.orders.iter().map(OrderNumber::as_str).collect();
        let numbers = numbers.join(", ");
        let text = &self.text;
        match self.count {
            1 => write!(out, "order {numbers}: {text}"),
            count if usize::try_from(count) == Ok(self.orders.len()) => {
                write!(out, "{count} orders ({numbers}): {text}")
            }
            count => write!(out, "{count} orders ({numbers}, ...): {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(notes: &ImportNotes) -> Vec<String> {
        notes.told().iter().map(ToString::to_string).collect()
    }

    fn number(number: usize) -> OrderNumber {
        OrderNumber::new(&number.to_string())
    }

    #[test]
    fn equal_notes_on_several_orders_are_told_once() {
        let mut notes = ImportNotes::default();
        notes.add(&number(1), "a blank for a tab");
        for order in [1, 2, 3] {
            notes.add(&number(order), "another currency");
            notes.add(&number(order), "another currency");
        }
        notes.add(&number(3), "another street");
        notes.add(&number(4), "another street");
        assert_eq!(
            told(&notes),
            [
                "order 1: a blank for a tab",
                "3 orders (1, 2, 3): another currency",
                "2 orders (3, 4): another street"
            ]
        );
        notes.add(&number(5), "another currency");
        assert_eq!(told(&notes)[1], "4 orders (1, 2, 3, ...): another currency");
    }

    #[test]
    fn notes_beyond_a_thousand_are_counted() {
        let mut notes = ImportNotes::default();
        for order in 0..1_200 {
            notes.add(&number(order), &format!("note {order}"));
        }
        assert_eq!((notes.told().len(), notes.untold()), (1_000, 200));
    }
}
