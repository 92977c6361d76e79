//! Notes: sentences that say what the import changed in an order. Each begins with the field, as a refusal does.

use std::fmt::Display;

use super::refused_field::OrderRefusal;

/// The notes of an order or of a section of it, and whether the order may hold contradictions.
///
/// A cancellation of an order that contradicts itself would refund a wrong amount. An order that is history is not
/// canceled any more, so it enters: the reader takes each value as far as the others allow.
#[derive(Debug, Default)]
pub(super) struct Notes {
    lines: Vec<String>,
    is_history: bool,
}

impl Notes {
    /// No notes yet; `is_history` says that the order can be canceled neither now nor later.
    pub(super) fn new(is_history: bool) -> Self {
        Self {
            lines: Vec::new(),
            is_history,
        }
    }

    /// No notes yet, about the same order.
    pub(super) fn fresh(&self) -> Self {
        Self::new(self.is_history)
    }

    /// Whether the order is history.
    pub(super) fn is_history(&self) -> bool {
        self.is_history
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn push(&mut self, note: String) {
        self.lines.push(note);
    }

    /// Refuses the order, or makes a note of the refusal if the order is history.
    pub(super) fn tolerate(&mut self, refusal: OrderRefusal) -> Result<(), OrderRefusal> {
        if self.is_history {
            self.push(refusal.to_string());
            Ok(())
        } else {
            Err(refusal)
        }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

/// Reads a section of the order. Fields that `read` names in its refusal or in notes get their path from the order.
pub(super) fn within<T>(
    section: impl Display,
    notes: &mut Notes,
    read: impl FnOnce(&mut Notes) -> Result<T, OrderRefusal>,
) -> Result<T, OrderRefusal> {
    let mut own = notes.fresh();
    let value = read(&mut own).map_err(|refusal| refusal.within(&section))?;
    let own = own.lines.into_iter();
    notes.lines.extend(own.map(|note| format!("{section}.{note}")));
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_and_a_refusal_name_the_same_path() {
        let mut notes = Notes::default();
        notes.push("grand_total was rounded".into());
        let read = within("items[3]", &mut notes, |notes| {
            notes.push("name is odd".into());
            Ok(5)
        });
        assert_eq!(read, Ok(5));
        assert_eq!(notes.lines, ["grand_total was rounded", "items[3].name is odd"]);
        let missing = |notes: &mut Notes| notes.tolerate(OrderRefusal::missing("sku"));
        let refused = within("items[3]", &mut notes, missing);
        assert_eq!(refused.map_err(|it| it.field), Err("items[3].sku".into()));
        let mut notes = Notes::new(true);
        assert_eq!(within("items[3]", &mut notes, missing), Ok(()));
        assert_eq!(notes.into_lines(), ["items[3].sku is missing"]);
    }
}
