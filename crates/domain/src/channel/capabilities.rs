//! The capabilities of a sales channel: which cancellations it takes, how many at once, and how often.

/// What can be done at a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelCapabilities {
    /// The way in which cancellations are sent, such as `feed`: the way of the reason mapping.
    pub way: &'static str,
    /// Whether single items can be canceled; otherwise all open items must be named.
    pub cancels_items: bool,
    /// How many orders one call cancels.
    pub largest_batch: usize,
    /// How much time must pass between two calls that cancel, in seconds.
    pub seconds_between_batches: u32,
    /// Whether a declined request can be told to the channel.
    pub declines_requests: bool,
    /// Whether the channel tells the buyer and moves the money by itself.
    pub settles_with_buyer: bool,
}
