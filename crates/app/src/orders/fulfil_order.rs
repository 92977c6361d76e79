//! Staff says that the warehouse begins to pack units of an order, or that it stopped.

use countermand_domain::{ItemPosition, OrderId, Quantity};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::{Decision, OrderCommand};
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Marks the units that `lines` name, or all that can be shipped, as in fulfilment. They cannot be canceled then:
    /// when this and a cancellation run at the same time, one of them is refused. An open request holds the order back,
    /// here or at its sales channel.
    pub async fn start_fulfilment(
        &self,
        viewer: &Viewer,
        id: OrderId,
        lines: &[(ItemPosition, Quantity)],
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::StartFulfilment)?;
        let actor = &command.actor;
        self.change_order(&command, id, |subject| async move {
            let what = "the warehouse packs units of the imported order";
            let channel = self
                .note_at_channel(&subject.order, Some("order_id"), &actor.label(), what)
                .await?;
            let started = subject.order.start_fulfilment(lines, actor, self.now());
            Ok(Decision {
                channel,
                ..Decision::from(started.map_err(UserError::from)?)
            })
        })
        .await
    }

    /// Takes the units that `lines` name, or all that are in fulfilment, out of it, so that they can be canceled.
    pub async fn release_fulfilment(
        &self,
        viewer: &Viewer,
        id: OrderId,
        lines: &[(ItemPosition, Quantity)],
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::ReleaseFulfilment)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.release_fulfilment(lines, &command.actor, now)
        })
        .await
    }
}
