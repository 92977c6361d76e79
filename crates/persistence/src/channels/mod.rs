//! Sales channels: the workers' turns at each channel, and its orders.

mod record;
mod turn;

pub use record::{ChannelChange, ChannelOrderPage, ChannelOrderPlace, ChannelOrderSearch, SettledProblem};
pub use turn::{ChannelPulls, ChannelTurn};
