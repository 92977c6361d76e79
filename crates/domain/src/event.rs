//! What happened to an order: one event a change, numbered by the order's version.

use chrono::{DateTime, Utc};

use crate::order::Actor;

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The order entered the system.
    Imported,
    /// A later import brought newer facts.
    Updated,
    /// Canceled.
    Canceled,
    /// A guest asked for a confirmation key.
    CancellationKeyRequested,
    /// An invoice was made.
    Invoiced,
    /// A shipment was made.
    Shipped,
    /// A credit memo was made by staff.
    CreditMemoCreated,
    /// Put on hold.
    Held,
    /// Taken off hold.
    Unheld,
}

impl EventKind {
    /// The name in the event table.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Imported => "order.imported",
            Self::Updated => "order.updated",
            Self::Canceled => "order.canceled",
            Self::CancellationKeyRequested => "order.cancellation_key_requested",
            Self::Invoiced => "order.invoiced",
            Self::Shipped => "order.shipped",
            Self::CreditMemoCreated => "order.credit_memo_created",
            Self::Held => "order.held",
            Self::Unheld => "order.unheld",
        }
    }
}

/// A change that happened, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// What.
    pub kind: EventKind,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: DateTime<Utc>,
    /// A sentence for the trail: a reason, a document's number.
    pub note: String,
}
