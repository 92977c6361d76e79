//! Updates of one order and of its refunds, as they happen: the use cases behind the GraphQL subscriptions.

mod follower;
mod order_updates;
mod pulses;
mod refund_cursor;
mod refund_state;
mod refund_updates;

pub use follower::{FollowRefusal, FollowRequest, FollowedOrder};
pub use order_updates::{OrderUpdate, OrderUpdates};
pub(crate) use pulses::Pulses;
pub use refund_state::RefundWord;
pub use refund_updates::{RefundUpdate, RefundUpdates};
