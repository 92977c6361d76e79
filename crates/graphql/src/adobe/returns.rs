//! Returns of goods: none.

use async_graphql::{Enum, ID, SimpleObject};

use super::nothing::no_such_object;
use crate::types::{CustomerOrder, List, OrderItemInterface, SearchResultPageInfo};

/// A page of returns: always empty.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Returns {
    /// None.
    items: Option<List<Return>>,
    /// As asked for.
    page_info: Option<SearchResultPageInfo>,
    /// None.
    total_count: Option<i32>,
}

impl Returns {
    /// An empty page.
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
    /// Goods on their way back.
    Return {
        uid: ID,
        number: String,
        created_at: String,
        status: Option<ReturnStatus>,
        order: Option<CustomerOrder>,
        items: Option<List<ReturnItem>>,
        shipping: Option<ReturnShipping>,
    }

    /// A row on its way back.
    ReturnItem {
        uid: ID,
        order_item: OrderItemInterface,
        quantity: f64,
        request_quantity: f64,
        status: ReturnItemStatus,
    }

    /// How goods come back.
    ReturnShipping { tracking: Option<List<ReturnShippingTracking>> }

    /// How to follow goods on their way back.
    ReturnShippingTracking {
        uid: ID,
        carrier: ReturnShippingCarrier,
        tracking_number: String,
        status: Option<ReturnShippingTrackingStatus>,
    }

    /// Who carries goods back.
    ReturnShippingCarrier { uid: ID, label: String }

    /// Where goods on their way back are.
    ReturnShippingTrackingStatus {
        text: String,
        #[graphql(name = "type")]
        kind: ReturnShippingTrackingStatusType,
    }
}

/// How far a return is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnStatus {
    /// Asked for.
    Pending,
    /// Not confirmed by the buyer.
    Unconfirmed,
    /// Allowed.
    Authorized,
    /// Allowed in part.
    PartiallyAuthorized,
    /// Back.
    Received,
    /// Back in part.
    PartiallyReceived,
    /// Accepted.
    Approved,
    /// Accepted in part.
    PartiallyApproved,
    /// Not accepted.
    Rejected,
    /// Not accepted in part.
    PartiallyRejected,
    /// Not allowed.
    Denied,
    /// Done.
    ProcessedAndClosed,
    /// Ended.
    Closed,
}

/// How far a row of a return is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnItemStatus {
    /// Asked for.
    Pending,
    /// Allowed.
    Authorized,
    /// Back.
    Received,
    /// Accepted.
    Approved,
    /// Not accepted.
    Rejected,
    /// Not allowed.
    Denied,
}

/// What a carrier's answer is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnShippingTrackingStatusType {
    /// News.
    Information,
    /// A failure.
    Error,
}
