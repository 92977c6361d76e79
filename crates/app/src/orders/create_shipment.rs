//! Staff makes a shipment. After a shipment the buyer cannot cancel the order.

use countermand_domain::{OrderId, ShipmentRequest};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::{Decision, OrderCommand};
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Ships what `request` names, or everything that is left. When a shipment
    /// and a cancellation run at the same time, exactly one of them succeeds.
    pub async fn create_shipment(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &ShipmentRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        if request.overrides_request {
            viewer.staff(StaffOperation::ShipAlthoughRequested)?;
        }
        let command = OrderCommand::of_staff(viewer, StaffOperation::CreateShipment)?;
        let actor = &command.actor;
        self.change_order(&command, id, |subject| async move {
            let field = (!request.overrides_request).then_some("override_cancellation_request");
            let what = "units of the imported order were shipped";
            let channel = self
                .note_at_channel(&subject.order, field, &actor.label(), what)
                .await?;
            let shipped = subject.order.ship(request, actor, self.now());
            Ok(Decision {
                channel,
                ..Decision::from(shipped.map_err(UserError::from)?)
            })
        })
        .await
    }
}
