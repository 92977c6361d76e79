//! Sales channels: the workers' turns at each channel, and its orders.

mod list;
mod record;
mod requests;
mod turn;
pub(crate) mod version;

pub use list::{ChannelOrderPage, ChannelOrderPlace, ChannelOrderSearch};
pub use record::{ChannelChange, SettledProblem};
pub(crate) use record::{ChannelRow, write_channel_rows};
pub use requests::{ChannelRequestPage, ChannelRequestPlace, ChannelRequestSearch, ListedChannelRequest};
pub use turn::{ChannelPulls, ChannelTurn};
