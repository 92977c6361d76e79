//! Returns of items: this shop does not handle them.

use async_graphql::{Enum, ID, Object, SimpleObject};

use crate::kit::nothing::no_such_object;
use crate::kit::{List, SearchResultPageInfo};
use crate::types::{CustomerOrder, OrderItemInterface};

/// A page of returns, always without entries: this shop does not handle returns.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct Returns {
    /// Always empty: this shop does not handle returns.
    items: Option<List<Return>>,
    /// Number and size of the page as requested; the number of pages is always 0. Never null.
    page_info: Option<SearchResultPageInfo>,
    /// Always 0: this shop does not handle returns.
    total_count: Option<i32>,
}

/// The field `returns` of customers and of orders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReturnsField;

#[Object]
impl ReturnsField {
    /// Always a page without entries: this shop does not handle returns. Never null.
    async fn returns(
        &self,
        #[graphql(
            default = 20,
            desc = "Largest number of entries on the page, repeated in `page_info`."
        )]
        page_size: i32,
        #[graphql(
            default = 1,
            desc = "Number of the page, 1 for the first, repeated in `page_info`."
        )]
        current_page: i32,
    ) -> Option<Returns> {
        Some(Returns::none(current_page, page_size))
    }
}

impl Returns {
    /// A page without entries, with the number `page` and the size `page_size`.
    pub(crate) fn none(page: i32, page_size: i32) -> Self {
        let asked = |number: i32| u64::try_from(number).unwrap_or(1);
        Self {
            items: Some(List::empty()),
            page_info: Some(SearchResultPageInfo::new(asked(page), asked(page_size), 0)),
            total_count: Some(0),
        }
    }
}

no_such_object! {
    /// A return of items. Never present: this shop does not handle returns.
    Return {
        /// Id of the return. Never present: this shop does not handle returns.
        uid: ID,
        /// Number of the return. Never present: this shop does not handle returns.
        number: String,
        /// When the return was requested. Never present: this shop does not handle returns.
        created_at: String,
        /// How far the return is. Never present: this shop does not handle returns.
        status: Option<ReturnStatus>,
        /// Order that the returned items belong to. Never present: this shop does not handle returns.
        order: Option<CustomerOrder>,
        /// Items that are returned. Never present: this shop does not handle returns.
        items: Option<List<ReturnItem>>,
        /// How the items come back. Never present: this shop does not handle returns.
        shipping: Option<ReturnShipping>,
    }

    /// An item of a return. Never present: this shop does not handle returns.
    ReturnItem {
        /// Id of the item in the return. Never present: this shop does not handle returns.
        uid: ID,
        /// Item of the order that is returned. Never present: this shop does not handle returns.
        order_item: OrderItemInterface,
        /// Quantity that the shop allows to return. Never present: this shop does not handle returns.
        quantity: f64,
        /// Quantity that the buyer asked to return. Never present: this shop does not handle returns.
        request_quantity: f64,
        /// How far the return of the item is. Never present: this shop does not handle returns.
        status: ReturnItemStatus,
    }

    /// How the items of a return come back. Never present: this shop does not handle returns.
    ReturnShipping {
        /// Tracking numbers of the return. Never present: this shop does not handle returns.
        tracking: Option<List<ReturnShippingTracking>>,
    }

    /// A tracking number of a return, with its carrier. Never present: this shop does not handle returns.
    ReturnShippingTracking {
        /// Id of the tracking entry. Never present: this shop does not handle returns.
        uid: ID,
        /// Carrier that brings the items back. Never present: this shop does not handle returns.
        carrier: ReturnShippingCarrier,
        /// Tracking number that the carrier gave. Never present: this shop does not handle returns.
        tracking_number: String,
        /// Where the items are, as the carrier reports. Never present: this shop does not handle returns.
        status: Option<ReturnShippingTrackingStatus>,
    }

    /// A carrier that brings returned items back. Never present: this shop does not handle returns.
    ReturnShippingCarrier {
        /// Id of the carrier. Never present: this shop does not handle returns.
        uid: ID,
        /// Name of the carrier. Never present: this shop does not handle returns.
        label: String,
    }

    /// Where returned items are, as the carrier reports. Never present: this shop does not handle returns.
    ReturnShippingTrackingStatus {
        /// Report of the carrier. Never present: this shop does not handle returns.
        text: String,
        /// Kind of the carrier's report. Never present: this shop does not handle returns.
        #[graphql(name = "type")]
        kind: ReturnShippingTrackingStatusType,
    }
}

/// How far a return is. Never used: this shop does not handle returns.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnStatus {
    /// The buyer has requested the return.
    Pending,
    /// The buyer has not confirmed the request.
    Unconfirmed,
    /// The shop allows the return of all requested items.
    Authorized,
    /// The shop allows the return of some of the requested items.
    PartiallyAuthorized,
    /// The shop has received all items.
    Received,
    /// The shop has received some of the items.
    PartiallyReceived,
    /// The shop has accepted all items that came back.
    Approved,
    /// The shop has accepted some of the items that came back.
    PartiallyApproved,
    /// The shop has not accepted any of the items that came back.
    Rejected,
    /// The shop has not accepted some of the items that came back.
    PartiallyRejected,
    /// The shop does not allow the return.
    Denied,
    /// The return is handled and closed.
    ProcessedAndClosed,
    /// The return was closed without being handled.
    Closed,
}

/// How far the return of an item is. Never used: this shop does not handle returns.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnItemStatus {
    /// The buyer has requested the return of the item.
    Pending,
    /// The shop allows the return of the item.
    Authorized,
    /// The shop has received the item.
    Received,
    /// The shop has accepted the item that came back.
    Approved,
    /// The shop has not accepted the item that came back.
    Rejected,
    /// The shop does not allow the return of the item.
    Denied,
}

/// Kind of a carrier's report about a return. Never used: this shop does not handle returns.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnShippingTrackingStatusType {
    /// The carrier reports where the items are.
    Information,
    /// The carrier reports a failure.
    Error,
}
