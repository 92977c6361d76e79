//! Staff bills an order.

use countermand_domain::{EventKind, InvoiceRequest, OrderId, StaffRole};

use crate::App;
use crate::error::Asked;
use crate::order_view::OrderView;
use crate::viewer::Viewer;
use crate::work_on_order::{Work, Worked, document_error};

impl App {
    /// Bills what `request` names, or everything left; paid unless it says otherwise.
    pub async fn create_invoice(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &InvoiceRequest,
    ) -> Asked<OrderView> {
        let work = Work {
            needs: StaffRole::Support,
            action: "createInvoice",
            kind: EventKind::Invoiced,
        };
        self.work_on_order(viewer, id, work, |order| {
            let after = order
                .invoice(request, self.now())
                .map_err(|refusal| document_error(&refusal))?;
            let total = after
                .invoices
                .last()
                .map_or_else(String::new, |it| format!("{}, {}", it.number, it.grand_total));
            Ok(Worked {
                after,
                reversals: Vec::new(),
                note: format!("invoice {total}"),
            })
        })
        .await
    }
}
