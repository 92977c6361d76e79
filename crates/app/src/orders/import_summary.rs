//! The result of an import: how many orders were imported, updated, skipped and refused, and how many need a person.

use std::fmt;

use countermand_domain::OrderNumber;

use crate::orders::import_notes::ImportNotes;

/// The most refusals that are listed one by one; all are counted.
const TOLD: usize = 1000;

/// The result of an import: how many orders were imported, updated, skipped and refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// How many orders are new in this database.
    pub imported: u64,
    /// How many orders replaced an older version in this database.
    pub updated: u64,
    /// How many orders were here already, or were changed here since their import.
    pub skipped: u64,
    /// How many orders were changed or canceled here, and were shipped, paid or refunded all the same in the shop that
    /// they come from; staff must look at them.
    pub needs_attention: u64,
    /// How many orders were refused.
    pub refused_count: u64,
    /// The first thousand refusals.
    pub refused: Vec<RefusedOrder>,
    /// Whether the import was stopped before its end.
    pub stopped: bool,
    /// What the import changed in orders, and which parts of them contradict each other.
    pub notes: ImportNotes,
}

/// An order that was not imported, explained so that a person can correct the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedOrder {
    /// The line at which the order starts, from 1.
    pub position: u64,
    /// The order's number, where it could be read.
    pub number: Option<OrderNumber>,
    /// The field that is wrong.
    pub field: Option<String>,
    /// The value of that field.
    pub value: Option<String>,
    /// What is wrong with the value.
    pub message: String,
}

/// The numbers for the audit log: `3 imported, 0 updated, 1 skipped, 0 refused`.
impl fmt::Display for ImportSummary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stopped {
            out.write_str("stopped: ")?;
        }
        let Self {
            imported,
            updated,
            skipped,
            refused_count,
            needs_attention,
            ..
        } = self;
        write!(
            out,
            "{imported} imported, {updated} updated, {skipped} skipped, {refused_count} refused"
        )?;
        if *needs_attention > 0 {
            write!(out, ", {needs_attention} need attention")?;
        }
        Ok(())
    }
}

impl ImportSummary {
    /// How many orders were found, whether they were imported or not; a text that is no order counts too.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.imported + self.updated + self.skipped + self.refused_count + self.needs_attention
    }

    pub(crate) fn refuse(&mut self, refused: RefusedOrder) {
        self.refused_count += 1;
        if self.refused.len() < TOLD {
            self.refused.push(refused);
        }
    }

    pub(crate) fn note(&mut self, order: &OrderNumber, notes: &[String]) {
        for note in notes {
            self.notes.add(order, note);
        }
    }
}
