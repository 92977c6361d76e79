//! Coupons.

use async_graphql::SimpleObject;

/// A coupon used on an order.
#[derive(SimpleObject, Clone)]
pub(crate) struct AppliedCoupon {
    /// Its code.
    pub(crate) code: String,
}
