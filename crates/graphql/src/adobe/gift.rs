//! Gift messages, gift wrapping and gift cards of orders: this shop keeps none.

use async_graphql::ID;

use crate::kit::Money;
use crate::kit::nothing::no_such_object;

no_such_object! {
    /// A message that goes with a gift. Never present: this shop keeps no gift messages.
    GiftMessage {
        /// Name of the person who gives the gift. Never present: this shop keeps no gift messages.
        from: String,
        /// Name of the person who receives the gift. Never present: this shop keeps no gift messages.
        to: String,
        /// Text of the message. Never present: this shop keeps no gift messages.
        message: String,
    }

    /// A way to wrap a gift. Never present: this shop keeps no gift wrapping.
    GiftWrapping {
        /// Id of the gift wrapping. Never present: this shop keeps no gift wrapping.
        uid: ID,
        /// Name of the gift wrapping. Never present: this shop keeps no gift wrapping.
        design: String,
        /// Price of the gift wrapping. Never present: this shop keeps no gift wrapping.
        price: Money,
        /// Picture of the gift wrapping. Never present: this shop keeps no gift wrapping.
        image: Option<GiftWrappingImage>,
    }

    /// A picture of a gift wrapping. Never present: this shop keeps no gift wrapping.
    GiftWrappingImage {
        /// Text that describes the picture. Never present: this shop keeps no gift wrapping.
        label: String,
        /// Address of the picture. Never present: this shop keeps no gift wrapping.
        url: String,
    }

    /// Prices of the gift wrapping and the printed card of an order. Never present: this shop keeps no gift options.
    GiftOptionsPrices {
        /// Price of wrapping single items, without tax. Never present: this shop keeps no gift options.
        gift_wrapping_for_items: Option<Money>,
        /// Price of wrapping single items, with tax. Never present: this shop keeps no gift options.
        gift_wrapping_for_items_incl_tax: Option<Money>,
        /// Price of wrapping the whole order, without tax. Never present: this shop keeps no gift options.
        gift_wrapping_for_order: Option<Money>,
        /// Price of wrapping the whole order, with tax. Never present: this shop keeps no gift options.
        gift_wrapping_for_order_incl_tax: Option<Money>,
        /// Price of a printed card, without tax. Never present: this shop keeps no gift options.
        printed_card: Option<Money>,
        /// Price of a printed card, with tax. Never present: this shop keeps no gift options.
        printed_card_incl_tax: Option<Money>,
    }

    /// A gift card that an order was paid with. Never present: this shop does not keep single gift cards.
    ApplyGiftCardToOrder {
        /// Code of the gift card. Never present: this shop does not keep single gift cards.
        code: String,
        /// Amount that the gift card paid. Never present: this shop does not keep single gift cards.
        applied_balance: Money,
    }
}
