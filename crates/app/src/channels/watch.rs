//! Staff names an order of a sales channel, which is read and kept from then on. A channel without an operation that
//! lists orders is told its orders in this way.

use countermand_domain::channel::{ChannelOrderNumber, ChannelRecord};
use countermand_persistence::ChannelChange;

use super::list::reaches_channels;
use crate::App;
use crate::error::{UserError, UserErrorCode};
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
        let change = ChannelChange {
            after: after.clone(),
            at: self.now(),
            owed: self.owed_by_channel(&after).await?,
            settles: Vec::new(),
        };
        let target = format!("{} {number}", channel.name);
        let audit = self.trail_of(viewer, operation.name(), &target, "");
        let written = self
            .database()
            .change_channel_order_as_staff(&change, &audit)
            .await;
        match written {
            // A worker, or another request, was faster.
            Err(countermand_persistence::DatabaseError::Conflict) => {
                let kept = self.database().channel_record(&channel.name, &number).await?;
                Ok(kept.ok_or_else(unknown)?)
            }
            outcome => Ok(outcome.map(|()| after)?),
        }
    }
}
