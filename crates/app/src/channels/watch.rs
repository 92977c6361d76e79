//! Staff names an order of a sales channel, which is read and kept from then on. A channel without an operation that
//! lists orders is told its orders in this way.

use countermand_domain::channel::{ChannelOrderNumber, ChannelRecord};

use super::list::reaches_channels;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// The order with `number` of a channel, which is read at the channel if it is not kept yet.
    pub async fn watch_channel_order(
        &self,
        viewer: &Viewer,
        channel: &str,
        number: &str,
    ) -> Result<ChannelRecord, Failure<UserError>> {
        let operation = StaffOperation::WatchChannelOrder;
        reaches_channels(viewer, operation)?;
        let channel = self.channel_named(channel)?;
        let unknown = || UserError::about("number", UserErrorCode::NotFound, "the channel has no such order");
        let number = ChannelOrderNumber::parse(number).ok_or_else(unknown)?;
        if let Some(kept) = self.database().channel_record(&channel.name, &number).await? {
            return Ok(kept);
        }
        let shown = channel.adapter.order(&number).await.map_err(UserError::from)?;
        let after = ChannelRecord::first(&channel.name, shown.ok_or_else(unknown)?, self.now());
        let target = format!("{} {number}", channel.name);
        let audit = self.trail_of(viewer, operation.name(), &target, "");
        let kept = self.retry_on_conflict(AppError::OrderContended, || async {
            // A worker, or another request, may have been faster; and an import may owe meanwhile what this owes.
            if let Some(kept) = self.database().channel_record(&channel.name, &number).await? {
                return Ok(kept);
            }
            let change = self.change_to(after.clone()).await?;
            self.database()
                .change_channel_order_as_staff(&change, &audit)
                .await?;
            Ok(change.after)
        });
        kept.await
    }
}
