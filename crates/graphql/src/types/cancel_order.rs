//! The answer to `cancelOrder`, `requestGuestOrderCancel` and `confirmCancelOrder` (`docs/contract.md` section 3).

use std::sync::Arc;

use async_graphql::SimpleObject;
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_app::{OrderView, UserError};

use super::adobe_cancel_order_error::{
    CancelOrderError, CancelOrderErrorCode, not_canceled_in_contract_words, unselectable,
};
use super::order::CustomerOrder;
use crate::kit::id::BadOrderId;

/// The answer to a cancellation request: the order, and an error when the request was refused.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct CancelOrderOutput {
    /// Why the request was refused, as a message for people; the same text as `errorV2 { message }`. Null on success.
    error: Option<String>,
    /// Why the request was refused, as a code and a message. Null on success.
    #[graphql(name = "errorV2")]
    error_v2: Option<CancelOrderError>,
    /// The order after the request. After a refusal, the unchanged order when the code is `INVALID_ORDER_STATUS` or
    /// `PARTIAL_ORDER_ITEM_SHIPPED`, and null with every other code. After a refusal of `confirmCancelOrder` with a
    /// wrong key, the order tells nothing about the buyer: the token, the names, the e-mail address and the
    /// addresses are empty or null.
    order: Option<CustomerOrder>,
}

impl CancelOrderOutput {
    /// The answer to a request that was carried out; `order` is the order after the request.
    pub(crate) fn done(order: OrderView) -> Self {
        Self {
            error: None,
            error_v2: None,
            order: Some(CustomerOrder::new(Arc::new(order))),
        }
    }

    /// The answer to a request that was refused; the order is unchanged.
    pub(crate) fn refused(not_canceled: NotCanceled) -> Self {
        let (code, message) = not_canceled_in_contract_words(&not_canceled);
        let order = match not_canceled {
            NotCanceled::Refused { order, .. } => order,
            NotCanceled::NoSuchOrder | NotCanceled::NotConfirmed => None,
        };
        Self {
            order: order.map(|view| CustomerOrder::new(Arc::new(*view))),
            ..Self::failed(code, message.into_owned())
        }
    }

    /// The answer to a request whose `order_id` names no order.
    pub(crate) fn bad_order_id(problem: &BadOrderId) -> Self {
        let code = match problem {
            BadOrderId::Malformed(_) | BadOrderId::Empty => CancelOrderErrorCode::Undefined,
            BadOrderId::Unknown => CancelOrderErrorCode::OrderNotFound,
        };
        Self::failed(code, problem.to_string())
    }

    /// The answer to a request whose `items` are malformed, or name no item of the order.
    pub(crate) fn bad_items(problem: &UserError) -> Self {
        let (code, message) = unselectable(&problem.message);
        Self::failed(code, message.into_owned())
    }

    fn failed(code: CancelOrderErrorCode, message: String) -> Self {
        Self {
            error: Some(message.clone()),
            error_v2: Some(CancelOrderError { code, message }),
            order: None,
        }
    }
}
