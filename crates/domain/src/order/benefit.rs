//! The coupons and the points that a buyer used on an order. Other systems keep them.

use chrono::{DateTime, Utc};

/// A coupon used on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// The code of the coupon.
    pub code: String,
    /// The moment from which the coupon is not valid any more; none where it is not known.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The points, such as those of a loyalty program, that were used on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsUsed {
    /// How many points: at least 1.
    pub count: i64,
    /// The moment from which the points are not valid any more; none where it is not known.
    pub expires_at: Option<DateTime<Utc>>,
}
