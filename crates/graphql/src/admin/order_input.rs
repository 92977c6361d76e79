//! The input of staff's mutations of one order, and how it becomes the input of a use case.

use async_graphql::{ID, InputObject};
use countermand_app::orders::create_credit_memo::CreditMemoInput;
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{
    CancellationIntent, InvoiceRequest, OpenInvoiceRequest, OrderId, RefundChoice, ShipmentRequest, Tracking,
};

use crate::kit::RepeatInput;
use crate::kit::id::{BadOrderId, parse_order_id};
use crate::types::order_line::{OrderLineInput, credited_lines, decimal, lines, selection};
use crate::types::refund_choice::CancellationRefundInput;

/// The order to invoice, and the part of it to invoice.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateInvoiceInput {
    /// The `CustomerOrder.id` of the order to invoice, or the decimal number that this id encodes.
    order_id: ID,
    /// The items to invoice; null for all items that are not invoiced yet. An empty list is refused.
    items: Option<Vec<OrderLineInput>>,
    /// Whether the invoice stays unpaid. Money that was paid without an invoice pays the invoice first: an invoice that
    /// it covers is paid, also with true. False, the default, records only the amount that is missing as paid.
    #[graphql(default_with = "Some(false)")]
    unpaid: Option<bool>,
    /// The payment provider's reference of the payment, at most 255 characters; null when there is none, and for an
    /// invoice that stays unpaid. What is then captured from an authorization has the reference of the authorization.
    reference: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The open invoices that are paid now.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct PayInvoiceInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The `Invoice.number` of the open invoice; null for every open invoice of the order.
    invoice_number: Option<String>,
    /// The payment provider's reference of the payment, at most 255 characters; null when there is none. What is then
    /// captured from an authorization has the reference of the authorization.
    reference: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The open invoices to withdraw.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelInvoiceInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    order_id: ID,
    /// The `Invoice.number` of the open invoice; null for every open invoice of the order.
    invoice_number: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A tracking number of a carrier.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct TrackingInput {
    /// The code of the carrier, such as `ups`.
    carrier: String,
    /// The name of the carrier for the buyer, such as `United Parcel Service`.
    title: String,
    /// The number under which the carrier tracks the parcel.
    number: String,
}

/// The order to ship, and the part of it to ship.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateShipmentInput {
    /// The `CustomerOrder.id` of the order to ship, or the decimal number that this id encodes.
    order_id: ID,
    /// The items to ship; null for all items that are not shipped yet. An empty list is refused.
    items: Option<Vec<OrderLineInput>>,
    /// The tracking numbers of the shipment; null for none.
    tracking: Option<Vec<TrackingInput>>,
    /// Whether to ship although a cancellation of the order was requested and is not decided yet. The request then ends
    /// as `TOO_LATE` if nothing of it is left to cancel. The default is false.
    #[graphql(default_with = "Some(false)")]
    override_cancellation_request: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order to refund, and the part of it to refund.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCreditMemoInput {
    /// The `CustomerOrder.id` of the order to refund, or the decimal number that this id encodes.
    order_id: ID,
    /// The items to refund; null for all items that can still be refunded, and an empty list for none of them. Null
    /// also gives back the money that was paid and that no invoice can take any more.
    items: Option<Vec<OrderLineInput>>,
    /// Whether the shipping charge that is not refunded yet is refunded too. The default is true.
    #[graphql(default_with = "Some(true)")]
    refund_shipping: Option<bool>,
    /// An amount in the order's currency that is added to the refund, or kept back from it when negative. With an empty
    /// list of items and without the shipping charge, the refund is this amount alone. The default is 0.
    #[graphql(default_with = "Some(0.0)")]
    adjustment: Option<f64>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order to put on hold.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct HoldOrderInput {
    /// The `CustomerOrder.id` of the order to hold, or the decimal number that this id encodes.
    pub(crate) order_id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order to release from hold.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UnholdOrderInput {
    /// The `CustomerOrder.id` of the order to release, or the decimal number that this id encodes.
    pub(crate) order_id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order to whose buyer the link is mailed.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SendOrderConfirmationInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    pub(crate) order_id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order to cancel, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelOrderAsAdminInput {
    /// The `CustomerOrder.id` of the order to cancel, or the decimal number that this id encodes.
    pub(crate) order_id: ID,
    /// The reason for the cancellation: the description or the code of a reason that the order's store view offers.
    reason: String,
    /// The items to cancel, and how many units of each. Without it, all that is left of the order is canceled.
    items: Option<Vec<OrderLineInput>>,
    /// A comment, at most 2,000 characters without HTML; the buyer sees it in the history of the order.
    comment: Option<String>,
    /// The id of a quote that `previewCancellation` gave to staff: what is canceled and paid back is exactly what was
    /// quoted, or the cancellation is refused. Null to accept any outcome.
    pub(crate) quote_id: Option<ID>,
    /// Whether to cancel the order even if cancellation is switched off in its store view; true needs the role
    /// `manager`. The default is false.
    #[graphql(default_with = "Some(false)")]
    pub(crate) override_switch: Option<bool>,
    /// Whether the buyer is told by mail; null means that the setting of the order's store view decides.
    pub(crate) notify_customer: Option<bool>,
    /// How much of the money that comes back is paid back; null for all of it.
    refund: Option<CancellationRefundInput>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order, and the note to add to its history.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AddOrderNoteInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes.
    pub(crate) order_id: ID,
    /// The text of the note: 1 to 2,000 characters, without HTML and without control characters except line breaks.
    pub(crate) text: String,
    /// Whether storefronts show the note to the buyer, among the `comments` of the order. The default is false.
    #[graphql(default_with = "Some(false)")]
    pub(crate) visible_on_front: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

impl CancelOrderAsAdminInput {
    /// The order, and the intent for the use case; a refusal if a field is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, CancellationIntent), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let intent = CancellationIntent {
            reason: self.reason,
            comment: self.comment,
            selection: selection(order, self.items)?,
            quote: None,
            refund: self.refund.map(refund_choice).transpose()?.unwrap_or_default(),
        };
        Ok((order, intent))
    }
}

/// What staff decides about the refund; a refusal if the amount is malformed.
pub(crate) fn refund_choice(input: CancellationRefundInput) -> Result<RefundChoice, UserError> {
    let invalid = |problem| UserError::about("refund", UserErrorCode::Invalid, problem);
    input.read().map_err(invalid)
}

impl CreateInvoiceInput {
    /// The order and the request for the use case; a refusal if a field is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, InvoiceRequest), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let request = InvoiceRequest {
            lines: lines(order, self.items)?,
            unpaid: self.unpaid.unwrap_or(false),
            reference: self.reference,
        };
        Ok((order, request))
    }
}

impl PayInvoiceInput {
    /// The order and the request for the use case; a refusal if the id is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, OpenInvoiceRequest), UserError> {
        let request = OpenInvoiceRequest {
            number: self.invoice_number,
            reference: self.reference,
        };
        Ok((order_id("order_id", &self.order_id)?, request))
    }
}

impl CancelInvoiceInput {
    /// The order and the request for the use case; a refusal if the id is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, OpenInvoiceRequest), UserError> {
        let request = OpenInvoiceRequest {
            number: self.invoice_number,
            reference: None,
        };
        Ok((order_id("order_id", &self.order_id)?, request))
    }
}

impl CreateShipmentInput {
    /// The order and the request for the use case; a refusal if a field is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, ShipmentRequest), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let tracking = self.tracking.unwrap_or_default().into_iter();
        let tracking = tracking
            .map(|it| Tracking {
                carrier: it.carrier,
                title: it.title,
                number: it.number,
            })
            .collect();
        Ok((
            order,
            ShipmentRequest {
                lines: lines(order, self.items)?,
                tracking,
                overrides_request: self.override_cancellation_request.unwrap_or(false),
            },
        ))
    }
}

impl CreateCreditMemoInput {
    /// The order and the request for the use case; a refusal if a field is malformed.
    pub(crate) fn read(self) -> Result<(OrderId, CreditMemoInput), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let input = CreditMemoInput {
            lines: credited_lines(order, self.items)?,
            refund_shipping: self.refund_shipping.unwrap_or(true),
            adjustment: self
                .adjustment
                .map(|amount| decimal("adjustment", amount))
                .transpose()?,
        };
        Ok((order, input))
    }
}

/// The order that `id` names. A refusal names `field`, the input field that holds `id`.
pub(crate) fn order_id(field: &str, id: &str) -> Result<OrderId, UserError> {
    parse_order_id(id).map_err(|problem| {
        let code = match problem {
            BadOrderId::Malformed(_) | BadOrderId::Empty => UserErrorCode::Invalid,
            BadOrderId::Unknown => UserErrorCode::NotFound,
        };
        UserError::about(field, code, problem.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_order_is_told_apart_from_what_is_no_name() {
        let code = |id: &str| {
            order_id("order_id", id)
                .map(OrderId::number)
                .map_err(|refusal| refusal.code)
        };
        assert_eq!(code("MTAwMDAwMDAwMDc="), Ok(10_000_000_007));
        assert_eq!(code("-1"), Err(UserErrorCode::Invalid));
        assert_eq!(code("9999999999999999"), Err(UserErrorCode::NotFound));
    }
}
