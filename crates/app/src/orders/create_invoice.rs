//! Staff makes an invoice for an order.

use countermand_domain::{InvoiceRequest, OrderId};

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::reference;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Makes an invoice for what `request` names, or for everything that is
    /// left. The invoice is paid unless `request` says otherwise; only what is paid has a reference.
    pub async fn create_invoice(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &InvoiceRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::CreateInvoice)?;
        let request = InvoiceRequest {
            reference: reference(request.reference.as_deref())?,
            ..request.clone()
        };
        if request.unpaid && request.reference.is_some() {
            let message = "belongs to a payment, and the invoice stays unpaid: give it to payInvoice";
            return Err(UserError::about("reference", UserErrorCode::Invalid, message).into());
        }
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.invoice(&request, &command.actor, now)
        })
        .await
    }
}
