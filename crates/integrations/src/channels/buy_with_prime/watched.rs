//! Which orders are looked at: Buy with Prime has no operation that lists orders.

use async_trait::async_trait;
use countermand_app::ports::ChannelError;
use countermand_domain::channel::ChannelOrderNumber;

/// The numbers of the orders that a pull looks at, such as those that are known and neither shipped nor canceled.
#[async_trait]
pub trait WatchedOrders: Send + Sync {
    /// At most `most` numbers that come after the number `after`, in ascending order; from the first one without
    /// `after`.
    async fn numbers_after(
        &self,
        after: Option<&ChannelOrderNumber>,
        most: usize,
    ) -> Result<Vec<ChannelOrderNumber>, ChannelError>;
}
