//! Staff puts an order on hold, or takes an order off hold.

use countermand_domain::OrderId;

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Puts an order on hold.
    pub async fn hold_order(&self, viewer: &Viewer, id: OrderId) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::HoldOrder)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.hold(&command.actor, now)
        })
        .await
    }

    /// Takes an order off hold. The order returns to the state before the hold.
    pub async fn unhold_order(&self, viewer: &Viewer, id: OrderId) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::UnholdOrder)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.unhold(&command.actor, now)
        })
        .await
    }
}
