//! Events: each change of an order is one event with typed data, numbered by the order's version.

mod kind;

use chrono::{DateTime, Utc};

use crate::cancellation::{Cancellation, EndedRequest, RequestedCancellation};
use crate::money::{Money, Quantity};
use crate::order::{
    Actor, CreditDue, DeliveryKind, EndedSubscription, FailedReversal, ItemPosition, OrderState, Settlement,
    UpstreamChange,
};

pub use kind::EventKind;

/// A change that happened, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// Who changed the order.
    pub actor: Actor,
    /// When the order changed.
    pub at: DateTime<Utc>,
    /// What happened.
    pub data: EventData,
}

/// What happened, as data: history lines, audit texts and mails are made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventData {
    /// The order entered the system.
    Imported,
    /// A later import brought newer facts.
    Updated,
    /// The order was canceled, whole or in part.
    Canceled(Box<Cancellation>),
    /// A guest asked for a confirmation key.
    CancellationKeyRequested {
        /// The stable code of the reason that the guest gave.
        reason_code: String,
        /// From when on the key is refused.
        expires_at: DateTime<Utc>,
    },
    /// A buyer or staff asked for a cancellation.
    CancellationRequested(RequestedCancellation),
    /// A request for a cancellation ended without a cancellation.
    CancellationRequestEnded(EndedRequest),
    /// The deadline of a request for a cancellation is over, and the program left the decision to staff.
    CancellationRequestEscalated {
        /// The number of the request in its order, from 1.
        number: i32,
    },
    /// An invoice was made.
    Invoiced {
        /// The number of the invoice.
        number: String,
        /// Position and invoiced quantity of each item on it.
        items: Vec<(ItemPosition, Quantity)>,
        /// The amount that the buyer owes by the invoice.
        grand_total: Money,
        /// Whether the invoice was paid when it was made.
        paid: bool,
        /// The payment provider's reference, where it is known.
        reference: Option<String>,
    },
    /// Open invoices were paid.
    InvoicesPaid {
        /// The numbers of the invoices.
        numbers: Vec<String>,
        /// The money that was missing and is captured now.
        amount: Money,
        /// The payment provider's reference, where it is known.
        reference: Option<String>,
    },
    /// Open invoices were withdrawn.
    InvoicesCanceled {
        /// The numbers of the invoices.
        numbers: Vec<String>,
        /// The amount that the invoices billed.
        grand_total: Money,
    },
    /// The warehouse began to pack units.
    FulfilmentStarted {
        /// Position of each item, and how many units of it are in fulfilment now.
        items: Vec<(ItemPosition, Quantity)>,
    },
    /// The warehouse does not pack units any more.
    FulfilmentReleased {
        /// Position of each item, and how many units of it are in fulfilment no more.
        items: Vec<(ItemPosition, Quantity)>,
    },
    /// Units were delivered without a shipment, or gift cards were used.
    DeliveryRecorded {
        /// Position of each item, and how many units of it were delivered in all until now.
        items: Vec<(ItemPosition, Quantity)>,
        /// Whether the units were delivered, downloaded or used.
        kind: DeliveryKind,
        /// When the units were delivered.
        delivered_at: DateTime<Utc>,
    },
    /// The sales channel that the order came from canceled it.
    CanceledAtChannel {
        /// The name of the channel.
        channel: String,
        /// The channel's number of the order.
        number: String,
        /// The reason in the words of the shop, or in those of the channel where the shop has no such reason; none
        /// where the channel gave none.
        reason: Option<String>,
    },
    /// A subscription was ended, at once or at the end of the paid period.
    SubscriptionEnded(Box<EndedSubscription>),
    /// A subscription that would have ended with the paid period goes on.
    SubscriptionResumed {
        /// The id of the subscription.
        subscription: String,
        /// The position of the item that paid the current period.
        item: ItemPosition,
    },
    /// A shipment was made.
    Shipped {
        /// The number of the shipment.
        number: String,
        /// Position and shipped quantity of each item in it.
        items: Vec<(ItemPosition, Quantity)>,
        /// Whether staff shipped although a cancellation was requested and not decided.
        overrides_request: bool,
    },
    /// A credit memo was made by staff.
    CreditMemoCreated {
        /// The number of the credit memo.
        number: String,
        /// Position and refunded quantity of each item on it.
        items: Vec<(ItemPosition, Quantity)>,
        /// The money that flows back.
        grand_total: Money,
        /// Gift cards, store credit and points that come back.
        credits: Money,
        /// The amount that staff gave on top (positive) or kept (negative).
        adjustment: Money,
    },
    /// The order was put on hold.
    Held {
        /// The state before the hold.
        from: OrderState,
    },
    /// The order was taken off hold.
    Unheld {
        /// The state after the hold.
        to: OrderState,
    },
    /// Staff dealt with a matter by hand: money that was owed was moved, or a change elsewhere was looked at.
    Settled(Settlement),
    /// Money is due to the balance of a gift card or to the buyer's store credit, and the keeper of the balance is told.
    CreditDue(CreditDue),
    /// A void or a refund failed at its payment provider, a refund at once or after it had been carried out.
    ReversalFailed(FailedReversal),
    /// The shop that the order came from shipped it, was paid or refunded it, although it was changed or canceled here.
    ChangedUpstream(UpstreamChange),
    /// Staff wrote a note into the history. The text is a line of the history.
    NoteAdded {
        /// Whether storefronts show the note to the buyer.
        is_for_buyer: bool,
    },
    /// What the order said about its buyer was replaced.
    BuyerErased,
}

impl EventData {
    /// The version of the shape of this data; raised when a field changes its meaning.
    pub const SCHEMA_VERSION: i32 = 1;

    /// The kind of change.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Imported => EventKind::Imported,
            Self::Updated => EventKind::Updated,
            Self::Canceled(_) => EventKind::Canceled,
            Self::CancellationKeyRequested { .. } => EventKind::CancellationKeyRequested,
            Self::CancellationRequested(_) => EventKind::CancellationRequested,
            Self::CancellationRequestEnded(_) => EventKind::CancellationRequestEnded,
            Self::CancellationRequestEscalated { .. } => EventKind::CancellationRequestEscalated,
            Self::Invoiced { .. } => EventKind::Invoiced,
            Self::InvoicesPaid { .. } => EventKind::InvoicesPaid,
            Self::InvoicesCanceled { .. } => EventKind::InvoicesCanceled,
            Self::FulfilmentStarted { .. } => EventKind::FulfilmentStarted,
            Self::FulfilmentReleased { .. } => EventKind::FulfilmentReleased,
            Self::DeliveryRecorded { .. } => EventKind::DeliveryRecorded,
            Self::CanceledAtChannel { .. } => EventKind::CanceledAtChannel,
            Self::SubscriptionEnded(_) => EventKind::SubscriptionEnded,
            Self::SubscriptionResumed { .. } => EventKind::SubscriptionResumed,
            Self::Shipped { .. } => EventKind::Shipped,
            Self::CreditMemoCreated { .. } => EventKind::CreditMemoCreated,
            Self::Held { .. } => EventKind::Held,
            Self::Unheld { .. } => EventKind::Unheld,
            Self::Settled(_) => EventKind::Settled,
            Self::CreditDue(_) => EventKind::CreditDue,
            Self::ReversalFailed(it) if it.is_refund => EventKind::RefundFailed,
            Self::ReversalFailed(_) => EventKind::VoidFailed,
            Self::ChangedUpstream(_) => EventKind::ChangedUpstream,
            Self::NoteAdded { .. } => EventKind::NoteAdded,
            Self::BuyerErased => EventKind::BuyerErased,
        }
    }

    /// The change in a few words, as staff reads it: `invoice 000000001-1, $15.00`.
    #[must_use]
    pub fn note(&self) -> String {
        match self {
            Self::Imported | Self::Updated | Self::BuyerErased => String::new(),
            Self::Canceled(it) => it.text(),
            Self::CancellationKeyRequested { .. } => "confirmation key requested".into(),
            Self::CancellationRequested(it) => {
                let reason = it.reason_code.iter().map(|code| format!(", {code}"));
                let reason: String = reason.collect();
                let part = if it.is_whole { "" } else { " of items" };
                format!("cancellation{part} requested{reason}")
            }
            Self::CancellationRequestEnded(it) => {
                format!(
                    "cancellation request {} {}",
                    it.number,
                    it.status.code().replace('_', " ")
                )
            }
            Self::CancellationRequestEscalated { number } => {
                format!("cancellation request {number} left to staff")
            }
            Self::Invoiced {
                number,
                grand_total,
                reference,
                ..
            } => format!("invoice {number}, {grand_total}{}", with(reference.as_deref())),
            Self::InvoicesPaid {
                numbers,
                amount,
                reference,
            } => format!(
                "{} paid, {amount}{}",
                invoices(numbers),
                with(reference.as_deref())
            ),
            Self::InvoicesCanceled { numbers, grand_total } => {
                format!("{} canceled, {grand_total}", invoices(numbers))
            }
            Self::Shipped {
                number,
                overrides_request: true,
                ..
            } => format!("shipment {number}, although a cancellation was requested"),
            Self::FulfilmentStarted { items } => format!("in fulfilment: {}", quantities(items)),
            Self::FulfilmentReleased { items } => format!("no more in fulfilment: {}", quantities(items)),
            Self::DeliveryRecorded { items, kind, .. } => {
                format!("{}: {}", kind.words().to_lowercase(), quantities(items))
            }
            Self::CanceledAtChannel {
                channel,
                number,
                reason,
            } => {
                let reason = reason.iter().map(|reason| format!(", {reason}"));
                format!(
                    "canceled at {channel} as order {number}{}",
                    reason.collect::<String>()
                )
            }
            Self::SubscriptionEnded(it) => {
                let reason = it.end.reason_code.iter().map(|code| format!(", {code}"));
                let reason: String = reason.collect();
                let at = it.end.at.format("%Y-%m-%d");
                format!(
                    "subscription {} ends at {at}, {} refunded{reason}",
                    it.subscription, it.share
                )
            }
            Self::SubscriptionResumed { subscription, .. } => format!("subscription {subscription} resumed"),
            Self::Shipped { number, .. } => format!("shipment {number}"),
            Self::CreditMemoCreated {
                number, grand_total, ..
            } => format!("credit memo {number}, {grand_total}"),
            Self::Held { from } => format!("was {from}"),
            Self::Unheld { to } => format!("is {to}"),
            Self::Settled(it) => {
                let reference = it.reference.iter().map(|it| format!(", reference {it}"));
                let reference: String = reference.collect();
                let done = it.matter.participle();
                format!("{} {done}{reference}: {}", it.matter.note(), it.note)
            }
            Self::CreditDue(it) => format!("{} due to {}", it.amount, it.method),
            Self::ReversalFailed(it) => it.note(),
            Self::ChangedUpstream(it) => it.to_string(),
            Self::NoteAdded { is_for_buyer: true } => "a note that the buyer sees".into(),
            Self::NoteAdded { is_for_buyer: false } => "a note for staff".into(),
        }
    }
}

/// `invoice 000000001-1`, or `invoices 000000001-1 and 000000001-2`.
pub(crate) fn invoices(numbers: &[String]) -> String {
    let word = if numbers.len() == 1 { "invoice" } else { "invoices" };
    format!("{word} {}", numbers.join(" and "))
}

/// `, reference tx-7`; empty without a reference.
fn with(reference: Option<&str>) -> String {
    reference.map_or_else(String::new, |it| format!(", reference {it}"))
}

/// `2 of item 1, 1 of item 3`.
fn quantities(items: &[(ItemPosition, Quantity)]) -> String {
    let items = items
        .iter()
        .map(|(position, quantity)| format!("{quantity} of item {position}"));
    items.collect::<Vec<_>>().join(", ")
}
