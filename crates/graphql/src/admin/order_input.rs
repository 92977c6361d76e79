//! What staff asks of one order, read into what the use cases take.

use async_graphql::{ID, InputObject};
use countermand_app::create_credit_memo::CreditMemoInput;
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{InvoiceRequest, OrderId, ShipmentRequest, Tracking};

use super::order_line::{OrderLineInput, decimal, lines};
use crate::types::id::{BadOrderId, parse_order_id};

/// What to bill.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateInvoiceInput {
    order_id: ID,
    /// All that is left when absent.
    items: Option<Vec<OrderLineInput>>,
    /// Leave it open: nothing is paid yet.
    #[graphql(default_with = "Some(false)")]
    unpaid: Option<bool>,
}

/// A carrier's number.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct TrackingInput {
    /// `ups`
    carrier: String,
    /// `United Parcel Service`
    title: String,
    number: String,
}

/// What to ship.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateShipmentInput {
    order_id: ID,
    /// All that is left when absent.
    items: Option<Vec<OrderLineInput>>,
    tracking: Option<Vec<TrackingInput>>,
}

/// What to give back.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCreditMemoInput {
    order_id: ID,
    /// All that is left when absent.
    items: Option<Vec<OrderLineInput>>,
    /// Whether the shipping is refunded too.
    #[graphql(default_with = "Some(true)")]
    refund_shipping: Option<bool>,
    /// Given on top, or kept when negative; in the order's currency.
    #[graphql(default_with = "Some(0.0)")]
    adjustment: Option<f64>,
}

/// Which order to stop.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct HoldOrderInput {
    pub(crate) order_id: ID,
}

/// Which order to let go on.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UnholdOrderInput {
    pub(crate) order_id: ID,
}

/// Which order's buyer to write to.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SendOrderConfirmationInput {
    pub(crate) order_id: ID,
}

/// Which order to cancel, and why.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelOrderAsAdminInput {
    pub(crate) order_id: ID,
    /// A reason of the order's store view: its description or its code.
    pub(crate) reason: String,
    /// Cancel although the store's switch is off; needs the role `manager`.
    #[graphql(default_with = "Some(false)")]
    pub(crate) override_switch: Option<bool>,
}

impl CreateInvoiceInput {
    /// For the use case.
    pub(crate) fn read(self) -> Result<(OrderId, InvoiceRequest), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let request = InvoiceRequest {
            lines: lines(order, self.items)?,
            unpaid: self.unpaid.unwrap_or(false),
        };
        Ok((order, request))
    }
}

impl CreateShipmentInput {
    /// For the use case.
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
            },
        ))
    }
}

impl CreateCreditMemoInput {
    /// For the use case.
    pub(crate) fn read(self) -> Result<(OrderId, CreditMemoInput), UserError> {
        let order = order_id("order_id", &self.order_id)?;
        let input = CreditMemoInput {
            lines: lines(order, self.items)?,
            refund_shipping: self.refund_shipping.unwrap_or(true),
            adjustment: self
                .adjustment
                .map(|amount| decimal("adjustment", amount))
                .transpose()?,
        };
        Ok((order, input))
    }
}

/// The order that `id` names, in the input field `field`.
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
