//! `requestOrderCancellation` and `withdrawCancellationRequest`: one command for a customer, a guest and staff.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::cancel::request_cancellation::RequestedOrder;
use countermand_app::{Failure, OrderView, UserError as AppUserError, UserErrorCode};
use countermand_domain::{CancellationIntent, RefundChoice};

use crate::kit::RepeatInput;
use crate::kit::context::{app, viewer};
use crate::kit::id::{BadOrderId, parse_order_id};
use crate::types::CustomerOrder;
use crate::types::order_line::{OrderLineInput, selection};
use crate::types::user_error::{UserError, done_or_user_errors};

#[derive(Default)]
pub(crate) struct RequestOrderCancellationMutation;

/// The order whose cancellation is requested, the items of it, and the reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct RequestOrderCancellationInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes, for a signed-in customer and
    /// for staff; null with a `token`.
    order_id: Option<ID>,
    /// The `CustomerOrder.token` of the order, for a guest; null with an `order_id`.
    token: Option<String>,
    /// The items to cancel, and how many units of each; null for all that is left of the order.
    items: Option<Vec<OrderLineInput>>,
    /// The reason: the description or the code of a reason that the order's store view offers. Null where the store
    /// view asks for no reason.
    reason: Option<String>,
    /// A comment for the shop, at most 2,000 characters without HTML; null for none.
    comment: Option<String>,
    /// The id of a quote of `previewCancellation`: the request is made only while canceling would do exactly what was
    /// quoted. Null to ask all the same.
    quote_id: Option<ID>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The order whose open request is taken back.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct WithdrawCancellationRequestInput {
    /// The `CustomerOrder.id` of the order, or the decimal number that this id encodes, for a signed-in customer and
    /// for staff; null with a `token`.
    order_id: Option<ID>,
    /// The `CustomerOrder.token` of the order, for a guest; null with an `order_id`.
    token: Option<String>,
    /// The key of the mail with which a guest confirmed the request, 32 characters. It is needed where the request was
    /// confirmed, and the order is named by `token`; null otherwise.
    confirmation_key: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The answer to a request for a cancellation.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct CancellationRequestPayload {
    /// The order after the mutation, with its `cancellation_request`; null when the mutation was refused.
    order: Option<CustomerOrder>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

#[Object]
impl RequestOrderCancellationMutation {
    /// Asks the shop to cancel an order, or items of it. The order stays as it is until the shop approves, and is not
    /// shipped meanwhile. A customer asks for an own order, a guest with the token, staff with the role `support` for
    /// any order.
    async fn request_order_cancellation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, the items of it, and the reason.")] input: RequestOrderCancellationInput,
    ) -> Result<CancellationRequestPayload> {
        let viewer = viewer(context)?;
        let quote = input.quote_id.clone();
        let quote = quote.as_ref().map(|id| id.as_str());
        let read = || -> Result<_, AppUserError> {
            let order = requested_order(input.order_id.as_ref(), input.token.as_deref())?;
            let id = match &order {
                RequestedOrder::Id(id) => Some(*id),
                RequestedOrder::Token(token) => app(context)
                    .ok()
                    .and_then(|app| app.order_by_token(viewer, token)),
            };
            let id = id.ok_or_else(no_such_order)?;
            let intent = CancellationIntent {
                reason: input.reason.unwrap_or_default(),
                comment: input.comment,
                selection: selection(id, input.items)?,
                quote: None,
                refund: RefundChoice::default(),
            };
            Ok((order, intent))
        };
        let outcome = match read() {
            Ok((order, intent)) => {
                app(context)?
                    .request_cancellation(viewer, &order, &intent, quote)
                    .await
            }
            Err(refusal) => Err(Failure::Refused(refusal)),
        };
        CancellationRequestPayload::of(outcome)
    }

    /// Takes the open request for a cancellation back, so that the order can be shipped. A customer does so for an own
    /// order, a guest with the token, staff with the role `support` for any order. A guest who confirmed the request by
    /// the key of a mail gives the key too.
    async fn withdraw_cancellation_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order whose open request is taken back.")]
        input: WithdrawCancellationRequestInput,
    ) -> Result<CancellationRequestPayload> {
        let viewer = viewer(context)?;
        let outcome = match requested_order(input.order_id.as_ref(), input.token.as_deref()) {
            Ok(order) => {
                let key = input.confirmation_key.as_deref();
                app(context)?
                    .withdraw_cancellation_request(viewer, &order, key)
                    .await
            }
            Err(refusal) => Err(Failure::Refused(refusal)),
        };
        CancellationRequestPayload::of(outcome)
    }
}

impl CancellationRequestPayload {
    fn of(outcome: Result<OrderView, Failure<AppUserError>>) -> Result<Self> {
        let (view, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            order: view.map(|view| CustomerOrder::new(Arc::new(view))),
            user_errors,
        })
    }
}

/// The order that the input names, by its id or by its token.
fn requested_order(id: Option<&ID>, token: Option<&str>) -> Result<RequestedOrder, AppUserError> {
    match (id, token) {
        (Some(id), None) => match parse_order_id(id) {
            Ok(id) => Ok(RequestedOrder::Id(id)),
            Err(BadOrderId::Unknown) => Err(no_such_order()),
            Err(problem @ (BadOrderId::Malformed(_) | BadOrderId::Empty)) => Err(AppUserError::about(
                "order_id",
                UserErrorCode::Invalid,
                problem.to_string(),
            )),
        },
        (None, Some(token)) => Ok(RequestedOrder::Token(token.into())),
        (Some(_), Some(_)) | (None, None) => Err(AppUserError::about(
            "order_id",
            UserErrorCode::Invalid,
            "name the order by `order_id` or by `token`, and not by both",
        )),
    }
}

fn no_such_order() -> AppUserError {
    AppUserError::about("order_id", UserErrorCode::NotFound, "there is no such order")
}
