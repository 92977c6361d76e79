//! The kinds of change, and their names for other systems.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
pub enum EventKind {
    /// The order entered the system.
    #[strum(serialize = "order.imported")]
    Imported,
    /// A later import brought newer facts.
    #[strum(serialize = "order.updated")]
    Updated,
    /// The order was canceled.
    #[strum(serialize = "order.canceled")]
    Canceled,
    /// A guest asked for a confirmation key.
    #[strum(serialize = "order.cancellation_key_requested")]
    CancellationKeyRequested,
    /// A cancellation was asked for.
    #[strum(serialize = "order.cancellation_requested")]
    CancellationRequested,
    /// A request for a cancellation ended without a cancellation.
    #[strum(serialize = "order.cancellation_request_ended")]
    CancellationRequestEnded,
    /// The deadline of a request is over, and staff must decide.
    #[strum(serialize = "order.cancellation_request_escalated")]
    CancellationRequestEscalated,
    /// An invoice was made.
    #[strum(serialize = "order.invoiced")]
    Invoiced,
    /// Open invoices were paid.
    #[strum(serialize = "order.invoices_paid")]
    InvoicesPaid,
    /// Open invoices were withdrawn.
    #[strum(serialize = "order.invoices_canceled")]
    InvoicesCanceled,
    /// The warehouse began to pack units.
    #[strum(serialize = "order.fulfilment_started")]
    FulfilmentStarted,
    /// The warehouse does not pack units any more.
    #[strum(serialize = "order.fulfilment_released")]
    FulfilmentReleased,
    /// Units were delivered without a shipment, or gift cards were used.
    #[strum(serialize = "order.delivery_recorded")]
    DeliveryRecorded,
    /// The sales channel that the order came from canceled it.
    #[strum(serialize = "order.canceled_at_channel")]
    CanceledAtChannel,
    /// A subscription was ended.
    #[strum(serialize = "order.subscription_ended")]
    SubscriptionEnded,
    /// A subscription was resumed before its end.
    #[strum(serialize = "order.subscription_resumed")]
    SubscriptionResumed,
    /// A shipment was made.
    #[strum(serialize = "order.shipped")]
    Shipped,
    /// A credit memo was made by staff.
    #[strum(serialize = "order.credit_memo_created")]
    CreditMemoCreated,
    /// The order was put on hold.
    #[strum(serialize = "order.held")]
    Held,
    /// The order was taken off hold.
    #[strum(serialize = "order.unheld")]
    Unheld,
    /// Staff dealt with a matter by hand.
    #[strum(serialize = "order.settled")]
    Settled,
    /// Money is due to a balance that another system keeps.
    #[strum(serialize = "order.credit_due")]
    CreditDue,
    /// A refund failed at its payment provider.
    #[strum(serialize = "order.refund_failed")]
    RefundFailed,
    /// A void failed at its payment provider.
    #[strum(serialize = "order.void_failed")]
    VoidFailed,
    /// The shop that the order came from worked on it after it was changed or canceled here.
    #[strum(serialize = "order.changed_upstream")]
    ChangedUpstream,
    /// Staff wrote a note into the history.
    #[strum(serialize = "order.note_added")]
    NoteAdded,
    /// What the order said about its buyer was replaced.
    #[strum(serialize = "order.buyer_erased")]
    BuyerErased,
}

impl EventKind {
    /// All kinds of change.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The kind called `code`; none for a kind of a newer version of the program.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The name in the event table.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}
