//! Staff makes an invoice for an order.

use countermand_domain::{InvoiceRequest, OrderId};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Makes an invoice for what `request` names, or for everything that is
    /// left. The invoice is paid unless `request` says otherwise.
    pub async fn create_invoice(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &InvoiceRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::CreateInvoice)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.invoice(request, &command.actor, now)
        })
        .await
    }
}
