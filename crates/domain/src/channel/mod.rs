//! Sales channels: orders that were placed elsewhere, and what the channel says of a cancellation.
//!
//! Decisions about these orders are the channel's: this module holds the words of both sides, and what may be asked.

mod cancellation;
mod capabilities;
mod decline;
mod eligibility;
mod order;
mod outcome;
mod record;
#[cfg(test)]
mod tests;

pub use cancellation::{ChannelAnswer, ChannelRefusal, SentCancellation};
pub use capabilities::ChannelCapabilities;
pub use eligibility::{
    CancelAtChannel, ChannelBlock, ChannelCommandRefusal, ChannelHold, ChannelTerms, GoInstead,
};
pub use order::{
    ChannelCanceledItem, ChannelItem, ChannelOrder, ChannelOrderNumber, ChannelRequest, ChannelStatus,
    FulfilledBy, LONGEST_CHANNEL_ORDER_NUMBER, LONGEST_CHANNEL_STATUS,
};
pub use record::{
    ChannelCancellation, ChannelCancellationState, ChannelHistoryLine, ChannelRecord, DeclinedRequest,
    LONGEST_CHANNEL_HISTORY,
};
