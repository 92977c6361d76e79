//! The orders of a sales channel that this shop keeps and that are still open: what a channel without a list of orders
//! is asked about.

use async_trait::async_trait;
use countermand_app::ports::ChannelError;
use countermand_domain::channel::ChannelOrderNumber;
use countermand_integrations::channels::buy_with_prime::WatchedOrders;
use countermand_persistence::Database;

/// The open orders of one channel.
#[derive(Debug)]
pub(crate) struct KeptOrders {
    /// Where the orders are kept.
    pub(crate) database: Database,
    /// The name of the channel.
    pub(crate) channel: String,
}

#[async_trait]
impl WatchedOrders for KeptOrders {
    async fn numbers_after(
        &self,
        after: Option<&ChannelOrderNumber>,
        most: usize,
    ) -> Result<Vec<ChannelOrderNumber>, ChannelError> {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let numbers = self
            .database
            .open_channel_numbers(&self.channel, after, most)
            .await;
        numbers.map_err(|problem| ChannelError::Unavailable(problem.to_string()))
    }
}
