//! Fields of orders about gifts and help by staff: this shop has no data for them.

use async_graphql::Object;

use crate::adobe::{ApplyGiftCardToOrder, GiftMessage, GiftWrapping};
use crate::kit::List;
use crate::types::OrderItemInterface;

/// The fields that Adobe's orders have and that this shop has no data for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdobeOrderFields;

#[Object(rename_fields = "snake_case")]
impl AdobeOrderFields {
    /// Always null: this shop does not keep whether staff placed the order for the buyer.
    async fn admin_assisted_order(&self) -> Option<i32> {
        None
    }

    /// Always empty: this shop keeps gift cards as one sum, in `total { total_giftcard }`.
    async fn applied_gift_cards(&self) -> Option<List<ApplyGiftCardToOrder>> {
        Some(List::empty())
    }

    /// Always null: this shop keeps no gift messages.
    async fn gift_message(&self) -> Option<GiftMessage> {
        None
    }

    /// Always false: this shop keeps no gift receipts.
    async fn gift_receipt_included(&self) -> bool {
        false
    }

    /// Always null: this shop keeps no gift wrapping.
    async fn gift_wrapping(&self) -> Option<GiftWrapping> {
        None
    }

    /// Always empty: this shop does not handle returns.
    async fn items_eligible_for_return(&self) -> Option<List<OrderItemInterface>> {
        Some(List::empty())
    }

    /// Always false: this shop keeps no printed cards.
    async fn printed_card_included(&self) -> bool {
        false
    }
}
