//! An order of a sales channel is held back while its cancellation there is open or done.

use countermand_domain::Order;

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;

impl App {
    /// Refuses to pack or ship `order` when its sales channel canceled it, when a cancellation waits there, or when
    /// its buyer asked there to cancel it. An order that came from no channel is not held here. The error is about
    /// `field`.
    pub(crate) async fn refuse_if_held_by_channel(
        &self,
        order: &Order,
        field: &str,
    ) -> Result<(), Failure<UserError>> {
        let Some(channel) = &order.channel else {
            return Ok(());
        };
        let record = self
            .database()
            .channel_record(&channel.name, &channel.number)
            .await?;
        match record.and_then(|record| record.hold()) {
            Some(hold) => {
                let code = UserErrorCode::CancellationRequested;
                Err(UserError::about(field, code, hold.to_string()).into())
            }
            None => Ok(()),
        }
    }
}
