//! Staff writes a note into the history of an order.

use countermand_domain::{NoteRequest, OrderId};

use crate::App;
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Adds a note, for staff alone or for the buyer too. No mail is sent.
    pub async fn add_order_note(
        &self,
        viewer: &Viewer,
        id: OrderId,
        note: &NoteRequest,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::AddOrderNote)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.add_note(note, &command.actor, now)
        })
        .await
    }
}
