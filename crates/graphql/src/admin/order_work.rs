//! Staff works on one order: bills, ships, refunds, stops, cancels.

use async_graphql::{Context, Object, Result, SimpleObject};
use countermand_app::OrderView;
use countermand_app::error::Asked;
use countermand_domain::StaffRole;

use super::admin_order::AdminOrder;
use super::order_input::{
    CancelOrderAsAdminInput, CreateCreditMemoInput, CreateInvoiceInput, CreateShipmentInput, HoldOrderInput,
    SendOrderConfirmationInput, UnholdOrderInput, order_id,
};
use super::staff;
use super::user_error::{UserError, answer};
use crate::context::app;

/// Staff's work on orders.
#[derive(Default)]
pub(crate) struct AdminOrderMutation;

#[Object]
impl AdminOrderMutation {
    /// Bills items or all that is left, shipping with the first invoice. Needs the role `support`.
    async fn create_invoice(&self, context: &Context<'_>, input: CreateInvoiceInput) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.create_invoice(viewer, id, &request).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Ships items or all that is left; from then on the buyer cannot cancel. Needs the role `support`.
    async fn create_shipment(
        &self,
        context: &Context<'_>,
        input: CreateShipmentInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.create_shipment(viewer, id, &request).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Refunds items or all that is left. Needs the role `manager`.
    async fn create_credit_memo(
        &self,
        context: &Context<'_>,
        input: CreateCreditMemoInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Manager)?;
        let asked = match input.read() {
            Ok((id, memo)) => app(context)?.create_credit_memo(viewer, id, &memo).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Puts an order on hold. Needs the role `support`.
    async fn hold_order(&self, context: &Context<'_>, input: HoldOrderInput) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.hold_order(viewer, id).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Takes an order off hold: it goes on where it was. Needs the role `support`.
    async fn unhold_order(&self, context: &Context<'_>, input: UnholdOrderInput) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.unhold_order(viewer, id).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Mails the buyer a link to look at the order with. Needs the role `support`.
    async fn send_order_confirmation(
        &self,
        context: &Context<'_>,
        input: SendOrderConfirmationInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context, StaffRole::Support)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.send_order_confirmation(viewer, id).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }

    /// Cancels an order by the rule that holds for its buyer. Needs the role `support`, and `manager` with
    /// `override_switch`.
    async fn cancel_order_as_admin(
        &self,
        context: &Context<'_>,
        input: CancelOrderAsAdminInput,
    ) -> Result<OrderPayload> {
        let overrides = input.override_switch.unwrap_or(false);
        let viewer = staff(
            context,
            if overrides {
                StaffRole::Manager
            } else {
                StaffRole::Support
            },
        )?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => {
                app(context)?
                    .cancel_order_as_admin(viewer, id, &input.reason, overrides)
                    .await
            }
            Err(refusal) => Ok(Err(refusal)),
        };
        OrderPayload::of(asked)
    }
}

/// The order as it is now, or why nothing was done.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderPayload {
    order: Option<AdminOrder>,
    user_errors: Vec<UserError>,
}

impl OrderPayload {
    fn of(asked: Asked<OrderView>) -> Result<Self> {
        let (view, user_errors) = answer(asked)?;
        Ok(Self {
            order: view.map(AdminOrder::new),
            user_errors,
        })
    }
}
