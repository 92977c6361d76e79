//! An order of a sales channel is held back while its cancellation there is open or done. What the shop does with it
//! meanwhile is noted in the channel's record, so that a cancellation that is decided at the same moment is refused.

use countermand_domain::Order;
use countermand_persistence::ChannelChange;

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;

impl App {
    /// The note in the record of `order`'s sales channel that `actor` did `what` with the order; none for an order that
    /// came from no channel, or that the channel has not shown.
    ///
    /// Refuses when the channel canceled the order, when a cancellation waits there, or when its buyer asked there to
    /// cancel it, unless the hold is ignored. The error is about `field`; no field ignores the hold.
    pub(crate) async fn note_at_channel(
        &self,
        order: &Order,
        field: Option<&str>,
        actor: &str,
        what: &str,
    ) -> Result<Option<ChannelChange>, Failure<UserError>> {
        let Some(channel) = &order.channel else {
            return Ok(None);
        };
        let record = self
            .database()
            .channel_record(&channel.name, &channel.number)
            .await?;
        let Some(record) = record else { return Ok(None) };
        if let Some((field, hold)) = field.zip(record.hold()) {
            let code = UserErrorCode::CancellationRequested;
            return Err(UserError::about(field, code, hold.to_string()).into());
        }
        let now = self.now();
        Ok(Some(ChannelChange {
            after: record.noted(actor, what, now),
            at: now,
            owed: Vec::new(),
            settles: Vec::new(),
        }))
    }
}
