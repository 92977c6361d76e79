//! An order before it is written: who buys what and where, and how far it got.

use chrono::{DateTime, Utc};

use super::money::share;
use super::people::Person;
use super::shop::Shop;
use super::situation::Situation;

/// Everything about an order but its rows and numbers.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) shop: &'static Shop,
    pub(super) buyer: Person,
    pub(super) situation: Situation,
    pub(super) basket: Basket,
    pub(super) coupon: Option<Coupon>,
    /// Whether a gift card pays a part.
    pub(super) uses_gift_card: bool,
    pub(super) placed_at: DateTime<Utc>,
}

/// What kind of things are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basket {
    /// One physical product.
    Single,
    /// Two to five of them, of the first at least two.
    Several,
    /// A physical product and a service.
    Mixed,
    /// Two kinds of clothes, of a size each.
    Configurable,
    /// A set priced by its parts.
    Bundle,
    /// A set with its own price.
    FixedBundle,
    /// A service.
    Virtual,
    /// Files.
    Downloadable,
    /// A gift card sent by mail.
    GiftCard,
}

impl Basket {
    /// Whether coupons hold for it.
    pub(super) fn may_be_discounted(self) -> bool {
        self != Self::GiftCard
    }

    /// Whether a parcel leaves the house.
    pub(super) fn is_shipped(self) -> bool {
        !matches!(self, Self::Virtual | Self::Downloadable | Self::GiftCard)
    }
}

/// A coupon that the shop gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coupon {
    TenPercent,
    FifteenPercent,
    /// A round amount off the whole.
    FixedAmount,
    FreeShipping,
    Everything,
}

impl Coupon {
    /// Those that shoppers come by, in turn.
    pub(super) const COMMON: [Self; 4] = [
        Self::TenPercent,
        Self::FixedAmount,
        Self::FifteenPercent,
        Self::FreeShipping,
    ];

    /// What shoppers type.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::TenPercent => "TRAIL10",
            Self::FifteenPercent => "WELCOME15",
            Self::FixedAmount => "THANKYOU",
            Self::FreeShipping => "SHIPFREE",
            Self::Everything => "PRIZE",
        }
    }

    /// What shoppers see.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TenPercent => "10 % off for hikers",
            Self::FifteenPercent => "15 % off the first order",
            Self::FixedAmount => "Thank you for your review",
            Self::FreeShipping => "Free shipping",
            Self::Everything => "Prize draw winner",
        }
    }

    /// What it takes off rows of `nets`, row by row; parts of a round amount add up to it.
    pub(super) fn row_discounts(self, nets: &[i64], shop: &Shop) -> Vec<i64> {
        let whole: i64 = nets.iter().sum();
        let per_row = |percent| nets.iter().map(move |net| share(*net, percent, 100)).collect();
        match self {
            Self::TenPercent => per_row(10),
            Self::FifteenPercent => per_row(15),
            Self::Everything => nets.to_vec(),
            Self::FreeShipping => vec![0; nets.len()],
            Self::FixedAmount => {
                let round_amount = if shop.currency == "SEK" { 5000 } else { 500 };
                let amount = whole.min(round_amount);
                let mut before = 0;
                let cut = |net: &i64| {
                    let from = share(amount, before, whole);
                    before += net;
                    share(amount, before, whole) - from
                };
                nets.iter().map(cut).collect()
            }
        }
    }

    /// Whether the parcel is free too.
    pub(super) fn covers_shipping(self) -> bool {
        matches!(self, Self::FreeShipping | Self::Everything)
    }
}
