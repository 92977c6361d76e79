//! What became of the orders of an import.

use crate::import::ReadOrder;

/// Refusals and notes that are told one by one; all are counted.
const TOLD: usize = 1000;

/// What became of the orders of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// New here.
    pub imported: u64,
    /// Newer than what was here.
    pub updated: u64,
    /// Here already, or worked on here since.
    pub skipped: u64,
    /// How many were refused.
    pub refused_count: u64,
    /// The first thousand refusals.
    pub refused: Vec<RefusedOrder>,
    /// The first thousand remarks on orders that were taken: what was rounded.
    pub notes: Vec<String>,
}

/// An order that was not taken, said so that a person can mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedOrder {
    /// The line it starts at, from 1.
    pub position: u64,
    /// Its number, where it could be read.
    pub number: Option<String>,
    /// The field that is wrong.
    pub field: Option<String>,
    /// What it holds.
    pub value: Option<String>,
    /// What is wrong with it.
    pub message: String,
}

impl ImportSummary {
    pub(crate) fn refuse(&mut self, refused: RefusedOrder) {
        self.refused_count += 1;
        if self.refused.len() < TOLD {
            self.refused.push(refused);
        }
    }

    pub(crate) fn note(&mut self, order: &ReadOrder) {
        let free = TOLD.saturating_sub(self.notes.len());
        self.notes.extend(
            order
                .notes
                .iter()
                .take(free)
                .map(|note| format!("order {}: {note}", order.number)),
        );
    }
}
