//! Fields of orders about gifts, returns and assistance: empty.

use async_graphql::Object;

use super::gift::{ApplyGiftCardToOrder, GiftMessage, GiftWrapping};
use super::returns::Returns;
use crate::types::{List, OrderItemInterface};

/// What Adobe's orders have beside ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdobeOrderFields;

#[Object(rename_fields = "snake_case")]
impl AdobeOrderFields {
    /// Whether staff placed it for the buyer: not kept.
    async fn admin_assisted_order(&self) -> Option<i32> {
        None
    }

    /// Gift cards used: kept as one sum in `total { total_giftcard }`.
    async fn applied_gift_cards(&self) -> Option<List<ApplyGiftCardToOrder>> {
        Some(List::empty())
    }

    async fn gift_message(&self) -> Option<GiftMessage> {
        None
    }

    async fn gift_receipt_included(&self) -> bool {
        false
    }

    async fn gift_wrapping(&self) -> Option<GiftWrapping> {
        None
    }

    /// Returns are not handled here: none.
    async fn items_eligible_for_return(&self) -> Option<List<OrderItemInterface>> {
        Some(List::empty())
    }

    async fn printed_card_included(&self) -> bool {
        false
    }

    /// Returns are not handled here: none.
    async fn returns(
        &self,
        #[graphql(name = "pageSize", default = 20)] page_size: i32,
        #[graphql(name = "currentPage", default = 1)] current_page: i32,
    ) -> Option<Returns> {
        Some(Returns::none(current_page, page_size))
    }
}
