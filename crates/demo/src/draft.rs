//! The draft of an order: the buyer, the store view, the kind of basket and the situation.

use chrono::{DateTime, Utc};

use super::money::share;
use super::people::Person;
use super::shop::Shop;
use super::situation::Situation;

/// Everything about an order except its items and numbers.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) shop: &'static Shop,
    pub(super) buyer: Person,
    pub(super) situation: Situation,
    pub(super) basket: Basket,
    pub(super) coupon: Option<Coupon>,
    /// Whether a gift card pays a part of the order.
    pub(super) uses_gift_card: bool,
    pub(super) placed_at: DateTime<Utc>,
}

/// The kind of products in a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basket {
    /// One physical product.
    Single,
    /// Two to five physical products, with at least two units of the first one.
    Several,
    /// A physical product and a service.
    Mixed,
    /// Two configurable products, each in one size.
    Configurable,
    /// A bundle that costs the sum of its parts.
    Bundle,
    /// A bundle with a price of its own.
    FixedBundle,
    /// A service.
    Virtual,
    /// A downloadable product.
    Downloadable,
    /// A gift card that is sent by e-mail.
    GiftCard,
}

impl Basket {
    /// Whether coupons apply to the basket.
    pub(super) fn may_be_discounted(self) -> bool {
        self != Self::GiftCard
    }

    /// Whether the basket needs a shipment.
    pub(super) fn is_shipped(self) -> bool {
        !matches!(self, Self::Virtual | Self::Downloadable | Self::GiftCard)
    }
}

/// A coupon of the demo shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coupon {
    TenPercent,
    FifteenPercent,
    /// Takes a round amount off the order.
    FixedAmount,
    FreeShipping,
    Everything,
}

impl Coupon {
    /// The coupons that the orders use in turn.
    pub(super) const COMMON: [Self; 4] = [
        Self::TenPercent,
        Self::FixedAmount,
        Self::FifteenPercent,
        Self::FreeShipping,
    ];

    /// The code that shoppers enter.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::TenPercent => "TRAIL10",
            Self::FifteenPercent => "WELCOME15",
            Self::FixedAmount => "THANKYOU",
            Self::FreeShipping => "SHIPFREE",
            Self::Everything => "PRIZE",
        }
    }

    /// The description that shoppers see.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TenPercent => "10 % off for hikers",
            Self::FifteenPercent => "15 % off the first order",
            Self::FixedAmount => "Thank you for your review",
            Self::FreeShipping => "Free shipping",
            Self::Everything => "Prize draw winner",
        }
    }

    /// The discount of each item with the net amounts `nets`. The shares of a round amount add up to this amount.
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

    /// Whether the coupon makes the shipment free, too.
    pub(super) fn covers_shipping(self) -> bool {
        matches!(self, Self::FreeShipping | Self::Everything)
    }
}
