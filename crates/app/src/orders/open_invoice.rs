//! Staff says what became of open invoices: they are paid, or they are withdrawn.

use countermand_domain::{OpenInvoiceRequest, OrderId};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::obligations::reference;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Records that the open invoices which `request` names are paid.
    pub async fn pay_invoice(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &OpenInvoiceRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::PayInvoice)?;
        let request = OpenInvoiceRequest {
            reference: reference(request.reference.as_deref())?,
            ..request.clone()
        };
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.pay_invoice(&request, &command.actor, now)
        })
        .await
    }

    /// Withdraws the open invoices that `request` names.
    pub async fn cancel_invoice(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &OpenInvoiceRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::CancelInvoice)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.cancel_invoice(request, &command.actor, now)
        })
        .await
    }
}
