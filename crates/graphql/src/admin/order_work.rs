//! Staff's mutations of one order: invoice, settle an open invoice, ship, refund, hold, release, send the link, note,
//! cancel.

use async_graphql::{Context, Object, Result, SimpleObject};
use countermand_app::{Failure, OrderView, StaffOperation};
use countermand_domain::NoteRequest;

use super::admin_order::AdminOrder;
use super::order_input::{
    AddOrderNoteInput, CancelInvoiceInput, CancelOrderAsAdminInput, CreateCreditMemoInput,
    CreateInvoiceInput, CreateShipmentInput, HoldOrderInput, PayInvoiceInput, SendOrderConfirmationInput,
    UnholdOrderInput, order_id,
};
use super::user_error::{UserError, done_or_user_errors};
use super::{staff, staff_for};
use crate::kit::context::app;

/// Staff's mutations of one order.
#[derive(Default)]
pub(crate) struct AdminOrderMutation;

#[Object]
impl AdminOrderMutation {
    /// Invoices the given items, or all items that are not invoiced yet. The first invoice includes the whole
    /// shipping charge. The caller needs the role `support`.
    async fn create_invoice(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order and the items to invoice.")] input: CreateInvoiceInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.create_invoice(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Records that an open invoice is paid. The money that is missing counts as captured now, and the order can be
    /// canceled again. An order on hold or under payment review stays so. The caller needs the role `support`.
    async fn pay_invoice(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and its open invoice that is paid.")] input: PayInvoiceInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.pay_invoice(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Withdraws an open invoice. What it billed can be invoiced again or canceled, and the order can be canceled
    /// again. An order for which nothing else was done returns to `new`, or to `pending_payment` if it is paid online.
    /// Of an order on hold, no invoice is withdrawn. The caller needs the role `support`.
    async fn cancel_invoice(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and its open invoice that is withdrawn.")] input: CancelInvoiceInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.cancel_invoice(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Ships the given items, or all items that are not shipped yet. An order with a shipment cannot be canceled. While
    /// a request for a cancellation is open, the answer is `CANCELLATION_REQUESTED`, unless the input overrides it. The
    /// caller needs the role `support`, or the role `warehouse` if the input overrides nothing.
    async fn create_shipment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order and the items to ship.")] input: CreateShipmentInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match input.read() {
            Ok((id, request)) => app(context)?.create_shipment(viewer, id, &request).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Creates a credit memo that refunds the given items, or all items that can still be refunded. A credit memo may
    /// also refund the shipping charge or an amount alone, up to what was paid and not paid back yet. A closed or
    /// canceled order of which money is left can be credited too, and its state stays. The caller needs the role
    /// `manager`.
    async fn create_credit_memo(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, the items and the amounts to refund.")] input: CreateCreditMemoInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match input.read() {
            Ok((id, memo)) => app(context)?.create_credit_memo(viewer, id, &memo).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Puts an order on hold. An order on hold cannot be invoiced, shipped, refunded or canceled until `unholdOrder`
    /// releases it; `payInvoice` records money that arrives. The caller needs the role `support`.
    async fn hold_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to put on hold.")] input: HoldOrderInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.hold_order(viewer, id).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Releases an order from hold. The order returns to the state and the status that it had before the hold, or to
    /// the state that follows from an invoice that was paid during the hold. The caller needs the role `support`.
    async fn unhold_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to release from hold.")] input: UnholdOrderInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.unhold_order(viewer, id).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Mails the buyer a link to the order's page in the storefront. The order does not change. The caller needs the
    /// role `support`.
    async fn send_order_confirmation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to whose buyer the link is mailed.")] input: SendOrderConfirmationInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.send_order_confirmation(viewer, id).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Adds a note to the history of an order, in any state of the order. A note for the buyer appears among the
    /// `comments` of the order; no mail is sent. The caller needs the role `support`.
    async fn add_order_note(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and the note to add.")] input: AddOrderNoteInput,
    ) -> Result<OrderPayload> {
        let viewer = staff(context)?;
        let note = NoteRequest {
            text: input.text,
            is_for_buyer: input.visible_on_front.unwrap_or(false),
        };
        let asked = match order_id("order_id", &input.order_id) {
            Ok(id) => app(context)?.add_order_note(viewer, id, &note).await,
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }

    /// Cancels an order, or the given items of it, by the same rules that apply to its buyer. The caller needs the role
    /// `support`, or the role `manager` if `override_switch` is true. What `refund` needs depends on its mode.
    async fn cancel_order_as_admin(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order to cancel, the items, and the reason.")] input: CancelOrderAsAdminInput,
    ) -> Result<OrderPayload> {
        let overrides = input.override_switch.unwrap_or(false);
        let viewer = if overrides {
            staff_for(context, StaffOperation::CancelAlthoughSwitchedOff)?
        } else {
            staff(context)?
        };
        let notifies = input.notify_customer;
        let quote = input.quote_id.clone();
        let quote = quote.as_ref().map(|id| id.as_str());
        let asked = match input.read() {
            Ok((id, intent)) => {
                app(context)?
                    .cancel_order_as_admin(viewer, id, &intent, quote, overrides, notifies)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        OrderPayload::of(asked)
    }
}

/// The result of a mutation of one order.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderPayload {
    /// The order after the mutation; null when the mutation was refused. A request for a cancellation that came too
    /// late has both the order and an entry in `user_errors`.
    order: Option<AdminOrder>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

impl OrderPayload {
    pub(super) fn of(outcome: Result<OrderView, Failure<countermand_app::UserError>>) -> Result<Self> {
        let (view, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            order: view.map(AdminOrder::new),
            user_errors,
        })
    }

    /// The same payload, with a refusal beside the order.
    pub(super) fn and_told(mut self, refusal: Option<countermand_app::UserError>) -> Self {
        self.user_errors.extend(refusal.map(UserError::from));
        self
    }
}
