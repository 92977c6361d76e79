//! The time by which staff should answer a buyer's request at a sales channel.
//!
//! Nothing happens at that time by itself: neither a rule nor the deadline decides about a request at a channel. What
//! decides a request of the shop at its deadline is in `app/src/obligations/request_deadline.rs`.

use chrono::TimeDelta;
use countermand_domain::channel::ChannelRecord;
use countermand_domain::{ConfigScope, OrderId};

use crate::App;
use crate::error::AppError;

impl App {
    /// The record with the time by which staff should decide about a request that comes with it, where the store view
    /// of the imported order, or the shop as a whole, has a deadline.
    pub(super) async fn with_due_time(&self, mut after: ChannelRecord) -> Result<ChannelRecord, AppError> {
        let Some(asked_at) = after.asked_at.filter(|_| after.opens_request()) else {
            return Ok(after);
        };
        let number = &after.order.number;
        let imported = self.database().order_of_channel(&after.channel, number).await?;
        let shop = self.database().shop().await?;
        let deadline = shop.settings_at(scope_of(imported)).request_deadline.value;
        after.due_at = (deadline > TimeDelta::zero())
            .then(|| asked_at.checked_add_signed(deadline))
            .flatten();
        Ok(after)
    }
}

/// The scope whose settings hold for an order of a channel.
pub(super) fn scope_of(imported: Option<OrderId>) -> ConfigScope {
    imported.map_or(ConfigScope::Default, |order| ConfigScope::Store(order.store()))
}
