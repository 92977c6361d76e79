//! Why no invoice, shipment or credit memo is made.

use thiserror::Error;

use crate::money::{Money, MoneyError};
use crate::order::OrderState;
use crate::order::documents::LineRefusal;

/// Why no invoice, shipment or credit memo was made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentRefusal {
    /// The order's state does not allow it.
    #[error("an order in state `{0}` allows no such document")]
    State(OrderState),
    /// The order's state does not allow to withdraw an invoice.
    #[error("no invoice of an order in state `{0}` can be withdrawn")]
    NotWithdrawn(OrderState),
    /// The order's state does not allow to pay an invoice.
    #[error("no invoice of an order in state `{0}` can be paid")]
    NotPaid(OrderState),
    /// The order does not have the items or quantities that were asked for.
    #[error(transparent)]
    Lines(#[from] LineRefusal),
    /// An invoice is not paid; it must be settled first.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// No invoice waits for its payment.
    #[error("the order has no open invoice")]
    NoOpenInvoice,
    /// No invoice with this number waits for its payment.
    #[error("the order has no open invoice with the number `{0}`")]
    NotAnOpenInvoice(String),
    /// A part of the open invoice was refunded, so it cannot be withdrawn.
    #[error("a part of the invoice was refunded")]
    InvoiceIsRefunded,
    /// More money than was paid would flow back.
    #[error("the most money available to refund is {0}")]
    TooMuch(Money),
    /// The total of a credit memo must not be negative.
    #[error("the credit memo's total must not be negative")]
    NegativeTotal,
    /// A credit memo must refund an item or pay an amount back.
    #[error("the credit memo refunds no item and no money")]
    RefundsNothing,
    /// A cancellation was requested and is not decided yet.
    #[error("a cancellation of the order was requested, and is not decided yet")]
    CancellationRequested,
    /// The sales channel that the order came from has canceled it, and moves the money.
    #[error("the sales channel has canceled the order, and pays the money back by itself")]
    ChannelManaged,
    /// The amounts do not add up.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
