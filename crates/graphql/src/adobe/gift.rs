//! Gift messages, wrappings and cards on orders: none.

use async_graphql::ID;

use super::nothing::no_such_object;
use crate::types::Money;

no_such_object! {
    /// A message to whoever receives the gift.
    GiftMessage { from: String, to: String, message: String }

    /// How a gift is wrapped.
    GiftWrapping { uid: ID, design: String, price: Money, image: Option<GiftWrappingImage> }

    /// A picture of a wrapping.
    GiftWrappingImage { label: String, url: String }

    /// What wrappings and printed cards cost.
    GiftOptionsPrices {
        gift_wrapping_for_items: Option<Money>,
        gift_wrapping_for_items_incl_tax: Option<Money>,
        gift_wrapping_for_order: Option<Money>,
        gift_wrapping_for_order_incl_tax: Option<Money>,
        printed_card: Option<Money>,
        printed_card_incl_tax: Option<Money>,
    }

    /// A gift card that an order is paid with.
    ApplyGiftCardToOrder { code: String, applied_balance: Money }
}
