//! Money that goes back to a balance which another system keeps, such as that of a gift card. An event tells the keeper
//! what is due, and `settleObligation` says that the balance has it.

use std::sync::Arc;

use countermand_domain::{Money, OrderId, Shop};
use countermand_persistence::OwedReversal;

use super::BY_KEEPER;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{Attempt, Outcome};
use crate::order_command::OrderCommand;
use crate::viewer::Viewer;

impl App {
    /// Tells the keeper of a balance that a refund is due to it. The refund stays open until it is settled, so a worker
    /// that dies after the event tells it once more, with the same id of the refund.
    pub(super) async fn tell_keeper(
        &self,
        shop: &Arc<Shop>,
        id: OrderId,
        owed: OwedReversal,
        attempt: &Attempt,
    ) -> Result<Outcome, AppError> {
        let left_to_staff = |why: &str| Outcome::NeedsAttention { why: why.into() };
        let Some(viewer) = Viewer::of_system(shop, id) else {
            return Ok(left_to_staff(
                "the store view of the order does not exist any more",
            ));
        };
        let command = OrderCommand::of_system(&viewer, "creditDue");
        let told = self.change_order::<UserError, _, _, _>(&command, id, |subject| async move {
            // The order was read before, so a settlement after this look changes its version, which is a conflict.
            self.check_open(&attempt.id).await?;
            let amount = Money::new(owed.amount, subject.order.currency());
            let told = subject
                .order
                .tell_credit_due(&attempt.id, owed.transaction, amount, self.now());
            told.ok_or_else(|| {
                let message = "the money does not go back to a balance";
                Failure::Refused(UserError::about("id", UserErrorCode::Invalid, message))
            })
        });
        match told.await {
            Ok(_) => Ok(left_to_staff(BY_KEEPER)),
            Err(Failure::Refused(refusal)) if refusal.code == UserErrorCode::AlreadySettled => {
                Ok(Outcome::Booked)
            }
            Err(Failure::Refused(refusal)) => Ok(left_to_staff(&refusal.message)),
            Err(Failure::App(problem)) => Err(problem),
        }
    }
}
