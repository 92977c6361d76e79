//! The code and the field with which staff are told why the rules refuse a command.

use countermand_domain::{
    CancellationRefusal, DeliveryKind, DeliveryRefusal, DocumentRefusal, FulfilmentRefusal, HoldRefusal,
    LineRefusal, NoteRefusal, RefundRefusal, RequestRefusal, SubscriptionRefusal,
};

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
            CancellationRefusal::Disabled
            | CancellationRefusal::WindowClosed { .. }
            | CancellationRefusal::RequestOnly => ("order_id", UserErrorCode::OrderCancellationDisabled),
            CancellationRefusal::State(_)
            | CancellationRefusal::OpenInvoice
            | CancellationRefusal::NothingOpen => ("order_id", UserErrorCode::InvalidOrderStatus),
            CancellationRefusal::Shipped | CancellationRefusal::PartlyShipped => {
                ("order_id", UserErrorCode::PartialOrderItemShipped)
            }
            CancellationRefusal::RequestOpen => ("order_id", UserErrorCode::RequestOpen),
            CancellationRefusal::InFulfilment => ("order_id", UserErrorCode::InFulfilment),
            CancellationRefusal::ChannelManaged => ("order_id", UserErrorCode::ChannelManaged),
            CancellationRefusal::DigitalDelivered => ("order_id", UserErrorCode::DigitalDelivered),
            CancellationRefusal::GiftCardUsed => ("order_id", UserErrorCode::GiftCardUsed),
            CancellationRefusal::Subscription => ("order_id", UserErrorCode::Subscription),
            CancellationRefusal::Selection(refusal) => ("items", line_code(refusal)),
            CancellationRefusal::QuoteStale => ("quote_id", UserErrorCode::QuoteStale),
            CancellationRefusal::CommentRequired => ("comment", UserErrorCode::CommentRequired),
            CancellationRefusal::InvalidReason => ("reason", UserErrorCode::InvalidReason),
            CancellationRefusal::InvalidComment(_) => ("comment", UserErrorCode::Invalid),
            CancellationRefusal::Refund(refusal) => ("refund", refund_code(refusal)),
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
            DocumentRefusal::CancellationRequested => (
                "override_cancellation_request",
                UserErrorCode::CancellationRequested,
            ),
            DocumentRefusal::ChannelManaged => ("order_id", UserErrorCode::ChannelManaged),
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

impl From<RequestRefusal> for UserError {
    fn from(refusal: RequestRefusal) -> Self {
        let (field, code) = match &refusal {
            RequestRefusal::Order(refusal) => return refusal.clone().into(),
            RequestRefusal::RequestOpen => ("order_id", UserErrorCode::RequestOpen),
            RequestRefusal::NoOpenRequest => ("order_id", UserErrorCode::NoOpenRequest),
            RequestRefusal::ConfirmationNeeded => ("confirmation_key", UserErrorCode::ConfirmationNeeded),
            RequestRefusal::TooLate => ("order_id", UserErrorCode::TooLate),
            RequestRefusal::Items(refusal) => ("items", line_code(refusal)),
            RequestRefusal::ReasonMissing | RequestRefusal::BadReason(_) => {
                ("reason", UserErrorCode::Invalid)
            }
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<FulfilmentRefusal> for UserError {
    fn from(refusal: FulfilmentRefusal) -> Self {
        let (field, code) = match &refusal {
            FulfilmentRefusal::State(_) => ("order_id", UserErrorCode::InvalidOrderStatus),
            FulfilmentRefusal::CancellationRequested => ("order_id", UserErrorCode::CancellationRequested),
            FulfilmentRefusal::Lines(refusal) => ("items", line_code(refusal)),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<DeliveryRefusal> for UserError {
    fn from(refusal: DeliveryRefusal) -> Self {
        let (field, code) = match &refusal {
            DeliveryRefusal::AlreadyRecorded => ("items", UserErrorCode::NothingLeft),
            DeliveryRefusal::NotVirtual(_) | DeliveryRefusal::NoGiftCard(_) => {
                ("items", UserErrorCode::Invalid)
            }
            DeliveryRefusal::InFuture(DeliveryKind::GiftCardUsed) => ("used_at", UserErrorCode::Invalid),
            DeliveryRefusal::InFuture(DeliveryKind::Delivered | DeliveryKind::Downloaded) => {
                ("delivered_at", UserErrorCode::Invalid)
            }
            DeliveryRefusal::Lines(refusal) => ("items", line_code(refusal)),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<SubscriptionRefusal> for UserError {
    fn from(refusal: SubscriptionRefusal) -> Self {
        let (field, code) = match &refusal {
            SubscriptionRefusal::NotFound => ("subscription_id", UserErrorCode::NotFound),
            SubscriptionRefusal::Disabled => ("subscription_id", UserErrorCode::SubscriptionsDisabled),
            SubscriptionRefusal::Ended | SubscriptionRefusal::ItemGone => {
                ("subscription_id", UserErrorCode::SubscriptionEnded)
            }
            SubscriptionRefusal::Ending => ("subscription_id", UserErrorCode::SubscriptionEnding),
            SubscriptionRefusal::NotEnding => ("subscription_id", UserErrorCode::SubscriptionNotEnding),
            SubscriptionRefusal::EndNotOffered => ("when", UserErrorCode::EndNotOffered),
            SubscriptionRefusal::State(_) | SubscriptionRefusal::OpenInvoice => {
                ("subscription_id", UserErrorCode::InvalidOrderStatus)
            }
            SubscriptionRefusal::InvalidReason => ("reason", UserErrorCode::InvalidReason),
            SubscriptionRefusal::CommentRequired => ("comment", UserErrorCode::CommentRequired),
            SubscriptionRefusal::InvalidComment(_) => ("comment", UserErrorCode::Invalid),
            SubscriptionRefusal::Unbalanced(_) => ("subscription_id", UserErrorCode::Invalid),
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
            NoteRefusal::Empty | NoteRefusal::Text(_) => "text",
            NoteRefusal::TooMany => "order_id",
        };
        Self::about(field, UserErrorCode::Invalid, refusal.to_string())
    }
}

fn refund_code(refusal: &RefundRefusal) -> UserErrorCode {
    match refusal {
        RefundRefusal::TooMuch(_) | RefundRefusal::TakesAll(_) => UserErrorCode::AmountExceeded,
        RefundRefusal::NotStaff
        | RefundRefusal::NoteMissing
        | RefundRefusal::InvalidNote(_)
        | RefundRefusal::InvalidAmount(_)
        | RefundRefusal::NotPositive => UserErrorCode::Invalid,
    }
}

fn line_code(refusal: &LineRefusal) -> UserErrorCode {
    match refusal {
        LineRefusal::NothingLeft => UserErrorCode::NothingLeft,
        LineRefusal::UnknownItem(_)
        | LineRefusal::UnitOnly { .. }
        | LineRefusal::NamedTwice { .. }
        | LineRefusal::NotPositive(_)
        | LineRefusal::NotWhole(_) => UserErrorCode::Invalid,
        LineRefusal::TooMany { .. } => UserErrorCode::QuantityExceeded,
    }
}
