//! Staff hands goods to a carrier; from then on the buyer cannot cancel.

use countermand_domain::{EventKind, OrderId, ShipmentRequest, StaffRole};

use crate::App;
use crate::error::Asked;
use crate::order_view::OrderView;
use crate::viewer::Viewer;
use crate::work_on_order::{Work, Worked, document_error};

impl App {
    /// Ships what `request` names, or everything left. Against a cancellation exactly one of both wins.
    pub async fn create_shipment(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &ShipmentRequest,
    ) -> Asked<OrderView> {
        let work = Work {
            needs: StaffRole::Support,
            action: "createShipment",
            kind: EventKind::Shipped,
        };
        self.work_on_order(viewer, id, work, |order| {
            let after = order
                .ship(request, self.now())
                .map_err(|refusal| document_error(&refusal))?;
            let number = after
                .shipments
                .last()
                .map_or_else(String::new, |it| it.number.clone());
            Ok(Worked {
                after,
                reversals: Vec::new(),
                note: format!("shipment {number}"),
            })
        })
        .await
    }
}
