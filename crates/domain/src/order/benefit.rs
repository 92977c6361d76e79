//! The coupons, the points and the gift cards that a buyer used on an order. Other systems keep them.

use chrono::{DateTime, Utc};

use crate::money::Money;

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

/// The gift cards that were used on an order, where it is known when they expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiftCardsUsed {
    /// What they paid: a part of `Totals::stored_value`.
    pub amount: Money,
    /// The moment from which the gift cards are not valid any more.
    pub expires_at: DateTime<Utc>,
}
