//! Coupons that were used on orders.

use async_graphql::SimpleObject;

/// A coupon that the buyer used on an order.
#[derive(SimpleObject, Clone)]
#[graphql(serial)]
pub(crate) struct AppliedCoupon {
    /// Code of the coupon, such as `SUMMER10`.
    pub(crate) code: String,
}
