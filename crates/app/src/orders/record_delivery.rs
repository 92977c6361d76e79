//! Staff or the fulfilment says that digital items were delivered or downloaded, or that gift cards were used.

use countermand_domain::{DeliveryKind, DeliveryRefusal, DeliveryRequest, OrderId};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Records what `request` tells. The units cannot be canceled afterwards. The same delivery told again changes
    /// nothing, and is answered in the same way.
    pub async fn record_delivery(
        &self,
        viewer: &Viewer,
        id: OrderId,
        request: &DeliveryRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let operation = match request.kind {
            DeliveryKind::Delivered | DeliveryKind::Downloaded => StaffOperation::RecordDelivery,
            DeliveryKind::GiftCardUsed => StaffOperation::RecordGiftCardUse,
        };
        let staff = viewer.staff(operation)?;
        let command = OrderCommand::of_staff(viewer, operation)?;
        let recorded = self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.record_delivery(request, &command.actor, now)
        });
        let recorded = recorded.await;
        if let Err(Failure::Refused(_)) = &recorded
            && let Some(loaded) = self.order_for(staff, id).await?
        {
            let again = loaded.order.record_delivery(request, &command.actor, self.now());
            if again == Err(DeliveryRefusal::AlreadyRecorded) {
                return Ok(self.view_of(loaded, command.actor));
            }
        }
        recorded
    }
}
