//! The code and the field with which staff are told why the rules refuse a command.

use countermand_domain::{CancellationRefusal, DocumentRefusal, HoldRefusal, LineRefusal, NoteRefusal};

use crate::error::{UserError, UserErrorCode};
use crate::order_command::NoSuchOrder;

impl From<NoSuchOrder> for UserError {
    fn from(NoSuchOrder: NoSuchOrder) -> Self {
        Self::about("order_id", UserErrorCode::NotFound, "there is no such order")
    }
}

impl From<CancellationRefusal> for UserError {
    fn from(refusal: CancellationRefusal) -> Self {
        let (field, code) = match &refusal {
            CancellationRefusal::Unauthorized => ("order_id", UserErrorCode::NotFound),
            CancellationRefusal::Disabled => ("order_id", UserErrorCode::OrderCancellationDisabled),
            CancellationRefusal::State(_)
            | CancellationRefusal::OpenInvoice
            | CancellationRefusal::NothingOpen => ("order_id", UserErrorCode::InvalidOrderStatus),
            CancellationRefusal::Shipped => ("order_id", UserErrorCode::PartialOrderItemShipped),
            CancellationRefusal::Selection(refusal) => ("items", line_code(refusal)),
            CancellationRefusal::InvalidReason => ("reason", UserErrorCode::InvalidReason),
            CancellationRefusal::Unbalanced(_) => ("order_id", UserErrorCode::Invalid),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<DocumentRefusal> for UserError {
    fn from(refusal: DocumentRefusal) -> Self {
        let (field, code) = match &refusal {
            DocumentRefusal::State(_)
            | DocumentRefusal::NotWithdrawn(_)
            | DocumentRefusal::NotPaid(_)
            | DocumentRefusal::OpenInvoice
            | DocumentRefusal::NoOpenInvoice
            | DocumentRefusal::InvoiceIsRefunded => ("order_id", UserErrorCode::InvalidOrderStatus),
            DocumentRefusal::NotAnOpenInvoice(_) => ("invoice_number", UserErrorCode::NotFound),
            DocumentRefusal::Lines(refusal) => ("items", line_code(refusal)),
            DocumentRefusal::RefundsNothing => ("items", UserErrorCode::Invalid),
            DocumentRefusal::TooMuch(_) => ("adjustment", UserErrorCode::AmountExceeded),
            DocumentRefusal::NegativeTotal => ("adjustment", UserErrorCode::Invalid),
            DocumentRefusal::Money(_) => ("order_id", UserErrorCode::Invalid),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<HoldRefusal> for UserError {
    fn from(refusal: HoldRefusal) -> Self {
        Self::about("order_id", UserErrorCode::InvalidOrderStatus, refusal.to_string())
    }
}

impl From<NoteRefusal> for UserError {
    fn from(refusal: NoteRefusal) -> Self {
        let field = match refusal {
            NoteRefusal::Empty | NoteRefusal::TooLong | NoteRefusal::ControlCharacter => "text",
            NoteRefusal::TooMany => "order_id",
        };
        Self::about(field, UserErrorCode::Invalid, refusal.to_string())
    }
}

fn line_code(refusal: &LineRefusal) -> UserErrorCode {
    match refusal {
        LineRefusal::NothingLeft => UserErrorCode::NothingLeft,
        LineRefusal::UnknownItem(_) | LineRefusal::NotPositive(_) => UserErrorCode::Invalid,
        LineRefusal::TooMany { .. } => UserErrorCode::QuantityExceeded,
    }
}
