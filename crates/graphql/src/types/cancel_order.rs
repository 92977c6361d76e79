//! The answer to every cancellation operation (contract section 3).

use std::sync::Arc;

use async_graphql::SimpleObject;
use countermand_app::OrderView;
use countermand_app::cancel_order::RefusedCancellation;

use super::cancellation_refusal::{CancelOrderErrorCode, in_contract_words};
use super::id::BadOrderId;
use super::order::CustomerOrder;

/// Canceled, with the order as it is now; or refused.
#[derive(SimpleObject)]
pub(crate) struct CancelOrderOutput {
    /// Why not; the same text as in `errorV2`.
    error: Option<String>,
    /// Why not.
    #[graphql(name = "errorV2")]
    error_v2: Option<CancelOrderError>,
    /// The order.
    order: Option<CustomerOrder>,
}

/// Why an order was not canceled.
#[derive(SimpleObject)]
pub(crate) struct CancelOrderError {
    /// For programs.
    code: CancelOrderErrorCode,
    /// For people.
    message: String,
}

impl CancelOrderOutput {
    /// Done: `order` is the order as it is now.
    pub(crate) fn done(order: OrderView) -> Self {
        Self {
            error: None,
            error_v2: None,
            order: Some(CustomerOrder::new(Arc::new(order))),
        }
    }

    /// Nothing was done.
    pub(crate) fn refused(refused: RefusedCancellation) -> Self {
        let (code, message) = in_contract_words(&refused.refusal);
        let order = refused.order.map(|view| CustomerOrder::new(Arc::new(*view)));
        Self {
            order,
            ..Self::failed(code, message.to_owned())
        }
    }

    /// No order was named.
    pub(crate) fn bad_order_id(problem: &BadOrderId) -> Self {
        let code = match problem {
            BadOrderId::Malformed(_) | BadOrderId::Empty => CancelOrderErrorCode::Undefined,
            BadOrderId::Unknown => CancelOrderErrorCode::OrderNotFound,
        };
        Self::failed(code, problem.to_string())
    }

    fn failed(code: CancelOrderErrorCode, message: String) -> Self {
        Self {
            error: Some(message.clone()),
            error_v2: Some(CancelOrderError { code, message }),
            order: None,
        }
    }
}
