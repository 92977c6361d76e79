//! Updates of orders and of their refunds, as they happen: the use cases behind the GraphQL subscriptions.

mod feed;
mod follow_rights;
mod many_orders;
mod order_updates;
mod pulses;
mod refund_cursor;
mod refund_state;
mod refund_updates;
mod refunds_of_many;
mod resume_point;

pub(crate) use feed::Feed;
pub use follow_rights::{FollowRefusal, FollowRequest, FollowedOrder};
pub use order_updates::{OrderUpdate, OrderUpdates};
pub(crate) use pulses::Pulses;
pub use refund_updates::{RefundUpdate, RefundUpdates};
pub use resume_point::ResumePoint;

/// Calls a function when the task that holds it panics.
struct OnPanic<F: Fn()>(F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            (self.0)();
        }
    }
}
