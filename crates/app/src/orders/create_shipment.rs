//! Staff makes a shipment. After a shipment the buyer cannot cancel the order.

use countermand_domain::{DocumentRefusal, Order, OrderId, ShipmentRequest};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::order_command::OrderCommand;
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
        let command = OrderCommand::of_staff(viewer, StaffOperation::CreateShipment)?;
        let actor = &command.actor;
        self.change_order(&command, id, |subject| async move {
            if !request.overrides_request && self.is_held_by_channel(&subject.order).await? {
                return Err(UserError::from(DocumentRefusal::CancellationRequested).into());
            }
            let shipped = subject.order.ship(request, actor, self.now());
            Ok(shipped.map_err(UserError::from)?)
        })
        .await
    }

    /// Whether the order came from a sales channel where the buyer asked to cancel it, or where a cancellation waits.
    async fn is_held_by_channel(&self, order: &Order) -> Result<bool, AppError> {
        let Some(channel) = &order.channel else {
            return Ok(false);
        };
        let record = self
            .database()
            .channel_record(&channel.name, &channel.number)
            .await?;
        Ok(record.is_some_and(|record| {
            let waits = record.cancellation.as_ref().is_some_and(|it| it.state.is_open());
            waits || record.has_request()
        }))
    }
}
